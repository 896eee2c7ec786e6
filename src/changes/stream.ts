import type { GatewayError } from '../errors.ts'
import type { Followed } from './follow.ts'

type Options = {
  changes: AsyncIterable<Followed, void, void>
  heartbeatMs: number
  /** after so many ms the stream ends, and the reader shows its key anew */
  lifeMs: number
  retryMs: number
  toGatewayError: (error: unknown) => GatewayError
  /** throws why the reader may no longer stay; then its signal ends the changes too */
  check: () => void
  signal: AbortSignal
}

const event = (name: string, cursor: string, data: object) =>
  `id: ${cursor}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`

/** Why a stream ended: what went wrong at VDAB or here, by its code. */
const failed = ({ code, message, retryAfter }: GatewayError) => ({
  reden: 'fout',
  code,
  message,
  ...(retryAfter === undefined ? {} : { retryAfter })
})

/**
 * Changes to vacancies as server-sent events: `wijziging` with its cursor as id, `cursor` when there was none for a while
 * but the feed was read on, `einde` as the last one, and a comment as a sign of life. It is written as fast as it is read.
 */
export async function* eventsOf({
  changes,
  heartbeatMs,
  lifeMs,
  retryMs,
  toGatewayError,
  check,
  signal
}: Options): AsyncGenerator<string, void, void> {
  const iterator = changes[Symbol.asyncIterator]()
  const openedAt = performance.now()
  let cursor = ''
  let told = ''
  const end = (data: object) => `retry: ${retryMs}\n${event('einde', cursor, { ...data, cursor })}`
  let timer: NodeJS.Timeout | undefined
  let wake = () => {}
  const tick = () =>
    new Promise<'tick'>((resolve) => {
      wake = () => resolve('tick')
      timer = setTimeout(wake, heartbeatMs)
    })
  // Whoever may not stay is told so at once, also while VDAB is being asked.
  signal.addEventListener('abort', () => wake(), { once: true })
  let ticking = tick()
  try {
    yield `retry: ${retryMs}\n\n`
    let coming = iterator.next()
    for (;;) {
      const outcome = await Promise.race([coming, ticking])
      check()
      if (outcome === 'tick') {
        if (performance.now() - openedAt > lifeMs) return yield end({ reden: 'vernieuwen' })
        yield cursor === told ? ': hartslag\n\n' : event('cursor', cursor, { cursor })
        told = cursor
        ticking = tick()
        continue
      }
      if (outcome.done) return
      const item = outcome.value
      const isFirst = cursor === ''
      cursor = item.cursor
      if ('einde' in item) return yield end({ reden: item.einde })
      if ('id' in item) yield event('wijziging', cursor, { interneReferentie: item.id, status: item.status })
      else if (isFirst) yield event('cursor', cursor, { cursor })
      if (isFirst || 'id' in item) told = cursor
      coming = iterator.next()
    }
  } catch (error) {
    yield end(failed(toGatewayError(error)))
  } finally {
    clearTimeout(timer)
    // It may wait for a change that never comes; the reader's signal ends it.
    void iterator.return?.()
  }
}
