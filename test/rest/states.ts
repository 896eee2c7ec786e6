import { build, type Built } from '../helper.ts'
import { subscription, type Seeds, type State } from './produced.ts'

/** The settings of each state, and the step that brings a gateway into it. */
export const states: Readonly<
  Record<State, { env?: Record<string, string>; now?: () => number; start?: (gateway: Built) => Promise<unknown> }>
> = {
  well: {},
  limited: { env: { REQUESTS_PER_MINUTE: '1' }, start: ({ get }) => get('/api/referenties') },
  overloaded: {
    env: { MAX_HEAP_MB: '1' },
    start: async ({ get }) => {
      while ((await get('/api/referenties')).status !== 503);
    }
  },
  failing: { start: ({ simulator }) => simulator.faults([{ status: 500 }]) },
  hanging: { env: { VDAB_TIMEOUT_MS: '150' }, start: ({ simulator }) => simulator.faults([{ kind: 'hang' }]) },
  refusing: { start: ({ simulator }) => simulator.faults([{ status: 401 }]) },
  late: { now: () => Date.now() + 6 * 86_400_000 }
}

/** A gateway in this state. */
export const startIn = async (
  t: Parameters<typeof build>[0],
  state: State,
  settings: Record<string, string>
): Promise<Built> => {
  const { env, now, start } = states[state]
  // The paths of subscriptions need the feed.
  const feed = { FEED_INTERVAL_MS: '3600000' }
  const gateway = await build(t, { env: { ...feed, ...settings, ...env }, ...(now ? { now } : {}) })
  await start?.(gateway)
  return gateway
}

/** Values that only a healthy gateway returns: the id of a candidate, a cursor and two subscriptions. */
export const seedsOf = async ({ get, url }: Built): Promise<Seeds> => {
  const read = async (path: string) => (await (await get(path)).json()) as Record<string, unknown>
  const { nodes } = (await read('/api/kandidaten?first=1')) as { nodes: { cvId: string }[] }
  const { cursor } = (await read('/api/vacatures/wijzigingen')) as { cursor: string }
  const subscribe = async () => {
    const answer = await fetch(`${url}/api/abonnementen`, {
      method: 'POST',
      headers: { 'x-api-key': 'demo-beheer', 'content-type': 'application/json' },
      body: JSON.stringify(subscription)
    })
    return ((await answer.json()) as { id: string }).id
  }
  return { cvId: nodes[0]?.cvId ?? '', cursor, abonnement: await subscribe(), weg: await subscribe() }
}
