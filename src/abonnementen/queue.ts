import type { StateRow, State } from '../state/database.ts'

/** The effect of a change on a subscription; `versie` is the version of the record, if the record was read. */
export type Melding = { readonly id: string; readonly soort: string; readonly versie?: number }

/** One delivery. `id` is the vacancy; '' for a delivery about the subscription itself. Instants in ms. */
export type Levering = {
  /** its ascending number; the order of the deliveries of one vacancy */
  readonly volg: number
  readonly abonnement: string
  readonly id: string
  readonly soort: string
  readonly gemaakt: number
  /** the first attempt; null before it */
  readonly begonnen: number | null
  /** attempts so far */
  readonly pogingen: number
  /** the next attempt */
  readonly volgende: number
  readonly status: 'WACHT' | 'BEZORGD' | 'DOOD'
  /** the last response: a status, or a code such as TIMEOUT */
  readonly antwoord: string | null
}

const table = `
  CREATE TABLE IF NOT EXISTS leveringen (
    volg INTEGER PRIMARY KEY AUTOINCREMENT, abonnement TEXT NOT NULL, id TEXT NOT NULL, soort TEXT NOT NULL,
    gemaakt INTEGER NOT NULL, begonnen INTEGER, pogingen INTEGER NOT NULL, volgende INTEGER NOT NULL,
    status TEXT NOT NULL, antwoord TEXT, versie INTEGER
  );
  CREATE INDEX IF NOT EXISTS leveringenWachtend ON leveringen (abonnement, status, volgende, volg);
  CREATE INDEX IF NOT EXISTS leveringenPerId ON leveringen (abonnement, id, volg)`
// The first waiting delivery of each vacancy; later deliveries of that vacancy wait for it.
const due = `
  SELECT * FROM leveringen AS one WHERE abonnement = ? AND status = 'WACHT' AND volgende <= ?
    AND NOT EXISTS (SELECT 1 FROM leveringen AS earlier
      WHERE earlier.abonnement = one.abonnement AND earlier.status = 'WACHT' AND earlier.id = one.id
        AND earlier.volg < one.volg)
  ORDER BY volgende, volg LIMIT ?`
const trim = `
  DELETE FROM leveringen WHERE abonnement = ? AND status = ? AND volg <=
    (SELECT volg FROM leveringen WHERE abonnement = ? AND status = ? ORDER BY volg DESC LIMIT 1 OFFSET ?)`
/** the version of a delivery that may be repeated */
const repeatableVersion = -1
const lastOf = `
  SELECT volg, soort, pogingen, status, versie, gemaakt FROM leveringen WHERE abonnement = ? AND id = ?
  ORDER BY volg DESC LIMIT 1`
const insert = `
  INSERT INTO leveringen (abonnement, id, soort, versie, gemaakt, pogingen, volgende, status)
  VALUES (?, ?, ?, ?, ?, 0, ?, 'WACHT')`
const forgetVersions = `UPDATE leveringen SET versie = ? WHERE abonnement = ? AND status <> 'WACHT'`
const endOne = `
  UPDATE leveringen SET status = ?, antwoord = ?, pogingen = pogingen + 1 WHERE volg = ? AND status = 'WACHT'`
const delay = `
  UPDATE leveringen SET pogingen = pogingen + 1, begonnen = ifnull(begonnen, ?), volgende = ?, antwoord = ?
  WHERE volg = ? AND status = 'WACHT'`
const reviveAll = `
  UPDATE leveringen SET status = 'WACHT', pogingen = 0, begonnen = NULL, volgende = ?
  WHERE abonnement = ? AND status = 'DOOD'`
const pageOf = `
  SELECT * FROM leveringen WHERE abonnement = ? AND volg > ? AND (? IS NULL OR status = ?) ORDER BY volg LIMIT ?`
const kept = { BEZORGD: 100, DOOD: 1000 } as const
const trimEvery = 50

const toLevering = (row: StateRow): Levering => ({
  volg: Number(row['volg']),
  abonnement: String(row['abonnement']),
  id: String(row['id']),
  soort: String(row['soort']),
  gemaakt: Number(row['gemaakt']),
  begonnen: row['begonnen'] == null ? null : Number(row['begonnen']),
  pogingen: Number(row['pogingen']),
  volgende: Number(row['volgende']),
  status: row['status'] as Levering['status'], // written below
  antwoord: row['antwoord'] == null ? null : String(row['antwoord'])
})

/** The deliveries in the database: waiting, recently delivered, and given up. */
export const createQueue = ({ state, repeatMs, now }: { state: State; repeatMs: number; now: () => number }) => {
  state.define(table)
  const waiting = new Map<string, number>()
  for (const row of state.all("SELECT abonnement, count(*) AS n FROM leveringen WHERE status = 'WACHT' GROUP BY 1"))
    waiting.set(String(row['abonnement']), Number(row['n']))
  const addWaiting = (abonnement: string, by: number) =>
    waiting.set(abonnement, Math.max(0, (waiting.get(abonnement) ?? 0) + by))
  let ended = 0
  const isUnsent = (last: StateRow, isBusy: (volg: number) => boolean) =>
    last['status'] === 'WACHT' && last['pogingen'] === 0 && !isBusy(Number(last['volg']))
  // VDAB's feed lists each change again. A record is compared by its version. A removal has no version, so its time is
  // compared.
  const isSame = ({ status, soort, versie: known, gemaakt }: StateRow, versie: number | undefined) =>
    status === 'BEZORGD' &&
    known !== repeatableVersion &&
    (versie === undefined
      ? soort === 'VERWIJDERD' && now() - Number(gemaakt) < repeatMs
      : known !== null && Number(known) === versie)

  const end = ({ volg, abonnement }: Levering, status: 'BEZORGD' | 'DOOD', antwoord: string) => {
    if (state.run(endOne, status, antwoord, volg) > 0) addWaiting(abonnement, -1)
    ended += 1
    if (ended % trimEvery === 0 || status === 'DOOD')
      state.run(trim, abonnement, status, abonnement, status, kept[status])
  }

  return {
    /** The number of waiting deliveries of this subscription. */
    waiting: (abonnement: string): number => waiting.get(abonnement) ?? 0,
    /**
     * Adds deliveries, in the transaction of the caller. Skips a delivery that equals the last one of the vacancy, if
     * that one is still unsent or is about the same row of the feed.
     */
    add: (abonnement: string, items: readonly Melding[], isBusy: (volg: number) => boolean) => {
      for (const { id, soort, versie } of items) {
        const last = state.get(lastOf, abonnement, id)
        if (last?.['soort'] === soort && (isUnsent(last, isBusy) || isSame(last, versie))) continue
        state.run(insert, abonnement, id, soort, versie ?? null, now(), now())
        addWaiting(abonnement, 1)
      }
    },
    /** Allows repeats of what was delivered: the consumer requested a replay. */
    allowRepeats: (abonnement: string) => void state.run(forgetVersions, repeatableVersion, abonnement),
    /** The deliveries that are due, at most `limit`. */
    due: (abonnement: string, limit: number): Levering[] => state.all(due, abonnement, now(), limit).map(toLevering),
    arrived: (levering: Levering, antwoord: string) => end(levering, 'BEZORGD', antwoord),
    giveUp: (levering: Levering, antwoord: string) => end(levering, 'DOOD', antwoord),
    /** Records a failed attempt, and the instant of the next one. */
    later: ({ volg }: Levering, volgende: number, antwoord: string) =>
      void state.run(delay, now(), volgende, antwoord, volg),
    /** Puts the deliveries that were given up in the queue again, in their order; returns their number. */
    revive: (abonnement: string): number => {
      const count = state.run(reviveAll, now(), abonnement)
      addWaiting(abonnement, count)
      return count
    },
    /** One page in the order of the numbers, after number `na`. */
    page: (abonnement: string, { na, aantal, status = null }: { na: number; aantal: number; status?: string | null }) =>
      state.all(pageOf, abonnement, na, status, status, aantal).map(toLevering),
    remove: (abonnement: string) => {
      state.run('DELETE FROM leveringen WHERE abonnement = ?', abonnement)
      waiting.delete(abonnement)
    },
    /** Deletes the waiting deliveries: there is no receiver any more. */
    drop: (abonnement: string) => {
      state.run("DELETE FROM leveringen WHERE abonnement = ? AND status = 'WACHT'", abonnement)
      waiting.delete(abonnement)
    }
  }
}

export type Queue = ReturnType<typeof createQueue>
