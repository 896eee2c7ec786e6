import type { Row, Verdict } from '../row.ts'
import { members, pollMs } from '../world.ts'

const promisedMs = pollMs + 1000
const changeMs = 900
type Door = { method?: 'POST'; path: (ids: readonly string[]) => string; body?: (ids: readonly string[]) => unknown }

const services = '/services/openservices/v2/vacatures'
const list = (ids: readonly string[]) => JSON.stringify(ids)
const fields = 'id versie'
const one = (ids: readonly string[]) => `{vacature(id:"${ids[0]}"){${fields}}}`
const doors: Readonly<Record<string, Door>> = {
  post: { method: 'POST', path: () => '/graphql', body: (ids) => ({ query: one(ids) }) },
  get: { path: (ids) => `/graphql?query=${encodeURIComponent(one(ids))}` },
  rest: { path: ([id]) => `/api/vacatures/${id}` },
  services: { path: ([id]) => `${services}/${id}` },
  batch: { method: 'POST', path: () => services, body: (ids) => ids },
  lists: {
    method: 'POST',
    path: () => '/graphql',
    body: (ids) => ({ query: `{vacaturesOpId(ids:${list(ids)}){${fields}}}` })
  },
  page: { method: 'POST', path: () => '/graphql', body: () => ({ query: `{vacatures(first:20){nodes{${fields}}}}` }) }
}

/** The promise does not cover an answer that is marked as stale. */
const isMarked = (text: string, headers: Readonly<Record<string, unknown>>) =>
  /"reden":"(?:VDAB_FOUT|VERNIEUWING)"/.test(text) || /fwd=stale|ttl=-/.test(String(headers['cache-status']))

type Shown = { id: string; versie: number }
/** The vacancies in an answer of any door, with their versions. */
const shownIn = (value: unknown, found: Shown[] = []): Shown[] => {
  if (typeof value !== 'object' || value === null) return found
  const { id, versie, vacatureReferentie } = value as Record<string, unknown>
  const reference = (vacatureReferentie as { interneReferentie?: string } | undefined)?.interneReferentie
  const known = reference ?? (typeof id === 'string' ? id.replace(/^Vacature:/, '') : undefined)
  if (known !== undefined && typeof versie === 'number') found.push({ id: known, versie })
  else for (const one of Object.values(value)) shownIn(one, found)
  return found
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The age of the oldest answer of any door of any member, while vacancies change continuously. */
export const freshness = (ids: readonly string[]) => {
  const endOf = new Map<string, number>() // when a version of a vacancy ended
  const lastOf = new Map<string, number>()
  return async (row: Row): Promise<Verdict> => {
    let [oldest, marked, answers, where] = [0, 0, 0, '']
    // The search page uses the endpoint whose quota the load uses up, so it may be refused.
    const look = async (member: number, name: string, door: Door, some: readonly string[]) => {
      const began = performance.now()
      const { method = 'GET', path, body } = door
      const sent = body === undefined ? {} : { body: body(some) }
      const { text, headers } = await row.ask(member, path(some), {
        consumer: 'reader',
        method,
        mayBeShort: name === 'page',
        ...sent
      })
      for (const { id, versie } of shownIn(parse(text))) {
        answers += 1
        const age = began - (endOf.get(`${id} ${versie}`) ?? began)
        if (age > promisedMs && isMarked(text, headers)) marked += 1
        else if (age > oldest) [oldest, where] = [age, `${name} of ${member}, ${row.phase()}`]
      }
    }
    const change = async (turn: number) => {
      const id = ids[turn % ids.length] ?? ''
      const last = (await row.world.vdab.tell('PATCH', `vacatures/${id}`, { aantalJobs: 1 + (turn % 90) })) as {
        versie: number
      }
      const before = lastOf.get(id)
      if (before !== undefined) endOf.set(`${id} ${before}`, performance.now())
      lastOf.set(id, last.versie)
    }
    const read = (turn: number) =>
      Promise.all(
        Array.from({ length: members }, (_, member) =>
          Object.entries(doors).map(([name, door]) =>
            look(member, name, door, [ids[turn % ids.length] ?? '', ids[(turn + 3) % ids.length] ?? ''])
          )
        ).flat()
      )
    await Promise.all([row.every(changeMs, change), row.every(700, read)])
    const isOk = oldest <= promisedMs && answers > 100
    return { isOk, text: `${oldest.toFixed()} ms${marked ? `, ${marked} marked` : ''}${isOk ? '' : ` (${where})`}` }
  }
}
