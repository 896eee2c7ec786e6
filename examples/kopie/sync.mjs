import { setTimeout as wait } from 'node:timers/promises'
import { Refusal } from './gateway.mjs'

const rowsInTransaction = 200
const changesInPage = 1000
const patience = 3
const putOffAtOnce = 100
const putOffMs = 30_000
const firstPauseMs = 250
const longestPauseMs = 30_000
const published = 'GEPUBLICEERD'

const idOf = (vacature) => vacature.vacatureReferentie.interneReferentie.toLowerCase()

/** Keeps a copy in step: an export where there is none, then every change, for as long as it runs. */
export const createSync = ({ store, gateway, intervalMs, say }) => {
  let failures = 0
  let failedDetails = 0
  let putOffAgainAt = 0

  const takeCopy = async () => {
    const begun = store.incoming()
    const isContinued = begun?.na !== undefined
    say(isContinued ? 'the export goes on where it broke off' : 'a new export')
    let { sinds, na = '' } = begun ?? {}
    let rows = []
    const flush = () => {
      if (rows.length === 0) return
      store.takeIn(rows, { sinds })
      rows = []
      failures = 0
    }
    try {
      for await (const { first, vacatures = [], last } of gateway.export(isContinued ? begun : {})) {
        if (first && !isContinued) {
          sinds = first.cursor
          store.startIncoming(sinds)
        }
        for (const vacature of vacatures) {
          const id = idOf(vacature)
          if (id <= na) throw new Refusal('the export is not in the order of its ids', { code: 'DAMAGED' })
          na = id
          rows.push([id, JSON.stringify(vacature)])
          if (rows.length >= rowsInTransaction) flush()
        }
        if (!last) continue
        flush()
        store.finishIncoming(last.cursor, last.ontbreekt ?? [])
        say(
          `the copy holds ${store.count()} vacancies${last.compleet ? '' : `, and ${last.ontbreekt.length} could not be had yet`}`
        )
        return
      }
    } catch (error) {
      // What came is whole lines; it need not come again, unless it is not what it should be.
      if (error.code !== 'DAMAGED') flush()
      throw error
    }
  }

  /** The records of ids. What failed three times in a row is put off, so that one vacancy does not hold up all others. */
  const detailsOf = async (ids) => {
    try {
      const details = await gateway.details(ids, { anyway: failedDetails >= patience })
      failedDetails = 0
      return details
    } catch (error) {
      if (error.status >= 500) failedDetails += 1
      throw error
    }
  }

  /** Those that were put off, now and then. */
  const detailsPutOff = async () => {
    if (Date.now() < putOffAgainAt) return { found: [], gone: [] }
    putOffAgainAt = Date.now() + putOffMs
    return gateway.details(store.putOff(putOffAtOnce), { anyway: true })
  }

  /** Fetches what changed and stores it with the cursor that goes with it. Of an id, the last word counts. */
  const apply = async (changes, cursor) => {
    const last = new Map(changes.map(({ interneReferentie, status }) => [interneReferentie, status]))
    const idsWhere = (isWanted) => [...last].filter(([, status]) => isWanted(status)).map(([id]) => id)
    const late = await detailsPutOff()
    const { found, gone, failed } = await detailsOf(idsWhere((status) => status === published))
    const isOther = (id) => !last.has(id)
    store.apply({
      found: [...late.found.filter(([id]) => isOther(id)), ...found],
      gone: [...late.gone.filter(isOther), ...idsWhere((status) => status !== published), ...gone],
      failed,
      cursor
    })
    failures = 0
    if (last.size > 0) say(`${last.size} changes`)
  }

  const catchUp = async () => {
    for (;;) {
      const { wijzigingen, cursor, meer } = await gateway.changes(store.cursor(), changesInPage)
      await apply(wijzigingen, cursor)
      if (!meer) return
    }
  }

  /** Follows the stream until it ends. Where there is none, the pages are asked again after a while. */
  const follow = async () => {
    try {
      for await (const events of gateway.events(store.cursor())) {
        const changes = events.filter(({ name }) => name === 'wijziging').map(({ data }) => data)
        const { id: cursor } = events.findLast(({ id }) => id) ?? {}
        if (cursor !== undefined) await apply(changes, cursor)
        const end = events.find(({ name }) => name === 'einde')
        if (end?.data.reden === 'fout')
          throw new Refusal(`the stream ended: ${end.data.message}`, { retryAfter: end.data.retryAfter })
        if (end) return
      }
    } catch (error) {
      if (error.status !== 503) throw error
      await wait(Math.max(intervalMs, (error.retryAfter ?? 0) * 1000))
    }
  }

  /** What a failure means for what is kept; throws what no waiting will mend. */
  const recover = (error) => {
    if (!(error instanceof Refusal)) throw error
    const isOld = error.status === 410 || error.status === 400
    if (error.code === 'DAMAGED' || (isOld && store.incoming()?.na !== undefined)) store.dropIncoming()
    else if (isOld && store.cursor() !== undefined) store.startAnew()
    else if (error.status >= 400 && error.status < 500 && error.status !== 429) throw error
  }

  /** Runs until it is stopped, or with `once` until the copy is in step. Throws what waiting does not mend. */
  return async ({ once = false } = {}) => {
    for (;;) {
      try {
        if (store.cursor() === undefined) await takeCopy()
        await catchUp()
        if (once) return
        await follow()
        await wait(firstPauseMs)
      } catch (error) {
        recover(error)
        failures += 1
        const pauseMs = Math.max(
          Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2),
          (error.retryAfter ?? 0) * 1000
        )
        say(`${error.message}; again in ${(pauseMs / 1000).toFixed(1)} s`)
        await wait(pauseMs)
      }
    }
  }
}
