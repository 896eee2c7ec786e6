import { setTimeout as wait } from 'node:timers/promises'
import { Refusal } from './gateway.mjs'

const rowsInTransaction = 200
const changesInPage = 1000
const maxFailures = 3
const postponedPerPage = 100
const postponedRetryMs = 30_000
const firstPauseMs = 250
const longestPauseMs = 30_000
const published = 'GEPUBLICEERD'

const idOf = (vacature) => vacature.vacatureReferentie.interneReferentie.toLowerCase()

/** Keeps a copy up to date: an export when there is none, then all changes, until the process ends. */
export const createSync = ({ store, gateway, intervalMs, log }) => {
  let failures = 0
  let failedDetails = 0
  let postponedRetryAt = 0

  const download = async () => {
    const begun = store.incoming()
    const isContinued = begun?.na !== undefined
    log(isContinued ? 'the export continues where it broke off' : 'a new export')
    let { sinds, na = '' } = begun ?? {}
    let rows = []
    const flush = () => {
      if (rows.length === 0) return
      store.addIncoming(rows, { sinds })
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
        log(
          `the copy holds ${store.count()} vacancies${last.compleet ? '' : `, and ${last.ontbreekt.length} could not be fetched yet`}`
        )
        return
      }
    } catch (error) {
      // The received lines are complete, so they are stored, unless the export is damaged.
      if (error.code !== 'DAMAGED') flush()
      throw error
    }
  }

  /** The records of ids. After three failures in a row, failing ids are postponed, so that the others continue. */
  const detailsOf = async (ids) => {
    try {
      const details = await gateway.details(ids, { ignoreOutage: failedDetails >= maxFailures })
      failedDetails = 0
      return details
    } catch (error) {
      if (error.status >= 500) failedDetails += 1
      throw error
    }
  }

  /** Some postponed records, at most every 30 s. */
  const postponedDetails = async () => {
    if (Date.now() < postponedRetryAt) return { found: [], gone: [] }
    postponedRetryAt = Date.now() + postponedRetryMs
    return gateway.details(store.postponed(postponedPerPage), { ignoreOutage: true })
  }

  /** Fetches the changed records and stores them with their cursor. The last change of an id counts. */
  const apply = async (changes, cursor) => {
    const last = new Map(changes.map(({ interneReferentie, status }) => [interneReferentie, status]))
    const idsWhere = (isWanted) => [...last].filter(([, status]) => isWanted(status)).map(([id]) => id)
    const late = await postponedDetails()
    const { found, gone, failed } = await detailsOf(idsWhere((status) => status === published))
    const isOther = (id) => !last.has(id)
    store.apply({
      found: [...late.found.filter(([id]) => isOther(id)), ...found],
      gone: [...late.gone.filter(isOther), ...idsWhere((status) => status !== published), ...gone],
      failed,
      cursor
    })
    failures = 0
    if (last.size > 0) log(`${last.size} changes`)
  }

  const catchUp = async () => {
    for (;;) {
      const { wijzigingen, cursor, meer } = await gateway.changes(store.cursor(), changesInPage)
      await apply(wijzigingen, cursor)
      if (!meer) return
    }
  }

  /** Follows the stream until it ends. Without a stream (503), it waits until the next request for pages. */
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

  /** Drops what a failure makes unusable. Throws when waiting does not help. */
  const recover = (error) => {
    if (!(error instanceof Refusal)) throw error
    const isOld = error.status === 410 || error.status === 400
    if (error.code === 'DAMAGED' || (isOld && store.incoming()?.na !== undefined)) store.dropIncoming()
    else if (isOld && store.cursor() !== undefined) store.startAnew()
    else if (error.status >= 400 && error.status < 500 && error.status !== 429) throw error
  }

  /** Runs until the process ends, or with `once` until the copy is up to date. Throws when waiting does not help. */
  return async ({ once = false } = {}) => {
    for (;;) {
      try {
        if (store.cursor() === undefined) await download()
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
        log(`${error.message}; again in ${(pauseMs / 1000).toFixed(1)} s`)
        await wait(pauseMs)
      }
    }
  }
}
