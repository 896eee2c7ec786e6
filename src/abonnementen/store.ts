import { randomBytes, randomUUID } from 'node:crypto'
import type { VacatureFilter } from '../schema/types.ts'
import type { StateRow, State } from '../state/database.ts'
import type { Seal } from '../formats/seal.ts'

/** The kinds of changes that a subscription can select; `ONVOLLEDIG`: earlier changes are lost. */
export const soorten = ['GEWIJZIGD', 'VERLATEN', 'VERWIJDERD', 'ONBEKEND'] as const
export type Soort = (typeof soorten)[number]

/** A secret that signs deliveries; `tot` is its end (ms), absent for the newest secret. */
type Geheim = { geheim: string; tot?: number }

/** A saved search with the URL to call. Instants in ms. */
export type Abonnement = {
  readonly id: string
  /** the name of the consumer */
  readonly consumer: string
  readonly url: string
  readonly geheimen: readonly Geheim[]
  readonly filter: VacatureFilter | undefined
  readonly soorten: readonly Soort[]
  /** `BEEINDIGD`: its receiver answered 410 */
  readonly status: 'ACTIEF' | 'BEEINDIGD'
  readonly gemaakt: number
}

const table = `
  CREATE TABLE IF NOT EXISTS abonnementen (
    id TEXT PRIMARY KEY, consumer TEXT NOT NULL, verzegeld TEXT NOT NULL, filter TEXT, soorten TEXT NOT NULL,
    status TEXT NOT NULL, gemaakt INTEGER NOT NULL
  ) WITHOUT ROWID`
const oldSecretMs = 24 * 3_600_000
const secretBytes = 32

/** A new secret, in the form of Standard Webhooks. */
const newSecret = () => `whsec_${randomBytes(secretBytes).toString('base64')}`

type Dependencies = { state: State; seal: Seal; now: () => number; warn: (message: string) => void }

/** The subscriptions in the database. URLs and secrets are encrypted, since a URL can contain a token. */
export const createStore = ({ state, seal, now, warn }: Dependencies) => {
  state.define(table)

  const open = (row: StateRow): Abonnement | undefined => {
    const [id, verzegeld] = [String(row['id']), String(row['verzegeld'])]
    const opened = seal.open(verzegeld, id)
    if (opened === undefined) {
      warn('A subscription cannot be opened: ABONNEMENTEN_KEY is another one than when it was made. It is left alone.')
      return undefined
    }
    const { url, geheimen } = JSON.parse(opened) as Pick<Abonnement, 'url' | 'geheimen'> // written below
    const filter = row['filter'] == null ? undefined : (JSON.parse(String(row['filter'])) as VacatureFilter) // as above
    return {
      id,
      consumer: String(row['consumer']),
      url,
      geheimen,
      filter,
      soorten: JSON.parse(String(row['soorten'])) as Soort[], // written below
      status: row['status'] === 'BEEINDIGD' ? 'BEEINDIGD' : 'ACTIEF',
      gemaakt: Number(row['gemaakt'])
    }
  }
  const known = new Map<string, Abonnement>()
  for (const row of state.all('SELECT * FROM abonnementen ORDER BY gemaakt, id')) {
    const abonnement = open(row)
    if (abonnement) known.set(abonnement.id, abonnement)
  }

  const put = (abonnement: Abonnement) => {
    const { id, consumer, url, geheimen, filter, soorten: asked, status, gemaakt } = abonnement
    const verzegeld = seal.close(JSON.stringify({ url, geheimen }), id)
    const values = [consumer, verzegeld, filter ? JSON.stringify(filter) : null, JSON.stringify(asked), status, gemaakt]
    state.run('INSERT OR REPLACE INTO abonnementen VALUES (?, ?, ?, ?, ?, ?, ?)', id, ...values)
    known.set(id, abonnement)
    return abonnement
  }

  return {
    all: (): readonly Abonnement[] => [...known.values()],
    of: (consumer: string): readonly Abonnement[] => [...known.values()].filter((one) => one.consumer === consumer),
    get: (id: string): Abonnement | undefined => known.get(id),
    /** Creates a subscription, with a secret that is shown only this once. */
    create: (given: Pick<Abonnement, 'consumer' | 'url' | 'filter' | 'soorten'>) => {
      const geheim = newSecret()
      const more = { id: randomUUID(), geheimen: [{ geheim }], status: 'ACTIEF' as const, gemaakt: now() }
      return { abonnement: put({ ...given, ...more }), geheim }
    },
    /** Replaces the secret; the old secret also signs for another day. */
    renew: (abonnement: Abonnement): string => {
      const geheim = newSecret()
      const [newest] = abonnement.geheimen
      const old = newest ? [{ geheim: newest.geheim, tot: now() + oldSecretMs }] : []
      put({ ...abonnement, geheimen: [{ geheim }, ...old] })
      return geheim
    },
    end: (abonnement: Abonnement) => put({ ...abonnement, status: 'BEEINDIGD' }),
    remove: (id: string) => {
      state.run('DELETE FROM abonnementen WHERE id = ?', id)
      known.delete(id)
    },
    /** The secrets that sign now. */
    secretsOf: ({ geheimen }: Abonnement): string[] =>
      geheimen.filter(({ tot = Infinity }) => tot > now()).map(({ geheim }) => geheim)
  }
}

export type Store = ReturnType<typeof createStore>
