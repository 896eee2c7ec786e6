import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { keyOf } from '../consumers.ts'
import type { Row, Verdict } from '../row.ts'
import { members } from '../world.ts'

const hopMs = 1300
const maxWaitMs = 8000

/** Reads the complete events of a text; returns the rest of it. */
const takeEvents = (text: string, onEvent: (cursor: string | undefined, id: string | undefined) => void): string => {
  const events = text.split('\n\n')
  const rest = events.pop() ?? ''
  for (const event of events) onEvent(/^id: (.+)$/m.exec(event)?.[1], /"interneReferentie":"([^"]+)"/.exec(event)?.[1])
  return rest
}

/** Reads events of a member until the signal, and returns the last id. */
const read = async (row: Row, member: number, last: string, signal: AbortSignal, onEvent: (id: string) => void) => {
  const headers = { 'x-api-key': keyOf('resume'), accept: 'text/event-stream' }
  let cursor = last
  let text = ''
  try {
    const { statusCode, body } = await request(`${row.world.urls[member]}/api/vacatures/wijzigingen`, {
      headers: { ...headers, ...(last === '' ? {} : { 'last-event-id': last }) },
      signal,
      bodyTimeout: 0
    })
    if (statusCode >= 500) row.fail(`${statusCode} to a reader of events`)
    for await (const chunk of body)
      text = takeEvents(text + String(chunk), (at, id) => {
        cursor = at ?? cursor
        if (id !== undefined) onEvent(id)
      })
  } catch (error) {
    if (!signal.aborted) row.fail(`a reader of events broke off: ${String(error)}`)
  }
  return cursor
}

/** The number of changes that a reader misses or gets out of order while it moves from member to member. */
export const resume = (ids: readonly string[]) => {
  let used = 0
  return async (row: Row): Promise<Verdict> => {
    const changed: string[] = []
    const seen = new Set<string>()
    let [late, hops, cursor, isChanging] = [0, 0, '', true]
    const onEvent = (id: string) => {
      const place = changed.indexOf(id)
      if (place >= 0 && !seen.has(id) && changed.slice(place + 1).some((later) => seen.has(later))) late += 1
      seen.add(id)
    }
    const isDone = () => !isChanging && changed.every((id) => seen.has(id))
    const reading = async () => {
      for (let until = Infinity; !isDone() && performance.now() < until; hops += 1) {
        const signal = AbortSignal.timeout(hopMs)
        cursor = await read(row, hops % members, cursor, signal, onEvent)
        if (!signal.aborted) await sleep(100)
        if (!isChanging && until === Infinity) until = performance.now() + maxWaitMs
      }
    }
    const changing = async () => {
      while (cursor === '') await sleep(20)
      await row.every(250, async () => {
        const id = ids[used++ % ids.length] ?? ''
        await row.world.vdab.tell('PATCH', `vacatures/${id}`, { aantalJobs: 1 + (used % 90) })
        changed.push(id)
      })
      isChanging = false
    }
    await Promise.all([reading(), changing()])
    const missed = changed.filter((id) => !seen.has(id)).length
    const isOk = missed === 0 && late === 0 && changed.length > 50
    return { isOk, text: `${missed} of ${changed.length} missed, ${late} late, ${hops} hops` }
  }
}
