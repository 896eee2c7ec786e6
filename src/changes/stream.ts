import type { GatewayError } from '../errors.ts'
import type { Change, Followed } from './follow.ts'

type Options = {
  changes: AsyncIterable<Followed, void, void>
  heartbeatMs: number
  /** ms after which the stream ends, so that the client must authenticate again */
  lifeMs: number
  retryMs: number
  /** a change as it is sent */
  rowOf: (change: Change) => object
  toGatewayError: (error: unknown) => GatewayError
  /** a change was sent, or with `code` the error that ends the stream */
  onEvent?: (code?: string) => void
  /** throws when the client has lost its access; `signal` then ends the changes too */
  check: () => void
  signal: AbortSignal
}

const event = (name: string, cursor: string, data: object) =>
  `id: ${cursor}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`

/**
 * Changes to vacancies as server-sent events: `wijziging` with its cursor as id, `cursor` when the position advanced
 * without a change, a comment as heartbeat, and `einde` as the last event. The consumer of the generator sets the pace.
 */
export async function* eventsOf(options: Options): AsyncGenerator<string, void, void> {
  const { changes, heartbeatMs, lifeMs, retryMs, rowOf, toGatewayError, onEvent = () => {}, check, signal } = options
  const iterator = changes[Symbol.asyncIterator]()
  const openedAt = performance.now()
  let cursor = ''
  let sentCursor = ''
  const end = (data: object) => `retry: ${retryMs}\n${event('einde', cursor, { ...data, cursor })}`
  let timer: NodeJS.Timeout | undefined
  let wake = () => {}
  const tick = () =>
    new Promise<'tick'>((resolve) => {
      wake = () => resolve('tick')
      timer = setTimeout(wake, heartbeatMs)
    })
  // A client that loses its access is notified at once, even during a call to VDAB.
  signal.addEventListener('abort', () => wake(), { once: true })
  let ticking = tick()
  try {
    yield `retry: ${retryMs}\n\n`
    let next = iterator.next()
    for (;;) {
      const outcome = await Promise.race([next, ticking])
      check()
      if (outcome === 'tick' && performance.now() - openedAt > lifeMs) return yield end({ reden: 'vernieuwen' })
      if (outcome === 'tick') {
        yield cursor === sentCursor ? ': hartslag\n\n' : event('cursor', cursor, { cursor })
        sentCursor = cursor
        ticking = tick()
        continue
      }
      if (outcome.done) return
      const item = outcome.value
      const isFirst = cursor === ''
      cursor = item.cursor
      if ('einde' in item) return yield end({ reden: item.einde })
      if ('id' in item) {
        onEvent()
        yield event('wijziging', cursor, rowOf(item))
      } else if (isFirst) yield event('cursor', cursor, { cursor })
      if (isFirst || 'id' in item) sentCursor = cursor
      next = iterator.next()
    }
  } catch (error) {
    const { code, message, retryAfter } = toGatewayError(error)
    onEvent(code)
    yield end({ reden: 'fout', code, message, ...(retryAfter === undefined ? {} : { retryAfter }) })
  } finally {
    clearTimeout(timer)
    // The iterator can be waiting for a change; the client's signal ends that wait, so it is not awaited here.
    void iterator.return?.()
  }
}
