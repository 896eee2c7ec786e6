import { once } from 'node:events'
import { median } from './figures.ts'
import type { Figure, Part } from './figures.ts'
import { drive } from './load.ts'
import type { Load } from './load.ts'
import type { Server } from './processes.ts'
import { startGateway } from './product.ts'
import type { Vdab } from './product.ts'
import { detail } from './questions.ts'
import { posted, restDetail } from './warm.ts'

const measureSeconds = 1
const parts = ['log', 'keys', 'limits', 'headers'] as const
const variants: Readonly<Record<string, readonly string[]>> = {
  nothing: [],
  ...Object.fromEntries(parts.map((part) => [part, [part]])),
  'all four': parts
}
const title =
  'What logging, key check, limits and security headers cost: the share of the time of a request that goes when they are left out'

/** Asks bench/product-server.mjs something, in one word. */
export const tellOf = async <Answer>({ child }: Server, what: string): Promise<Answer> => {
  child.send(what)
  const [answer] = (await once(child, 'message')) as [Answer] // it answers what it is asked and nothing else
  return answer
}

type Target = { what: string; of: (server: Server, id: string) => Parameters<typeof drive>[0] }
const targets: readonly Target[] = [
  { what: 'W1, POST', of: (server, id) => posted(server, detail, { id }) },
  { what: 'REST detail', of: restDetail }
]

/** By the core's time where the system tells it, since a second by the clock holds others' work too. */
const timeOf = ({ cpuMicros, perSecond }: Load) => (cpuMicros > 0 ? cpuMicros : 1e6 / perSecond)

// A few % are looked for: what others on the machine do only ever adds, so the least of the rounds is the truest.
const leastOf = (rounds: readonly Load[] = []) => Math.min(...rounds.map(timeOf))

/** What each of the parts that every request passes costs, each left out in turn, and all together. */
export const benchOverheads = async (
  vdab: Vdab,
  { overheadRounds: rounds }: { overheadRounds: number }
): Promise<Part> => {
  const [id = ''] = await vdab.ids(1)
  const names = Object.keys(variants)
  const first = await startGateway({ vdab: vdab.base, server: { without: [] } })
  const { knows } = await tellOf<{ knows: boolean }>(first, 'knows')
  if (!knows) {
    await first.end()
    return {
      title,
      figures: [
        {
          what: 'all four',
          unit: '%',
          target: { most: 20 },
          note: 'this build leaves nothing out: buildServer knows no `without`'
        }
      ]
    }
  }
  const servers = [
    first,
    ...(await Promise.all(
      names.slice(1).map((name) => startGateway({ vdab: vdab.base, server: { without: variants[name] ?? [] } }))
    ))
  ]
  const loads = targets.map(() => names.map((): Load[] => []))
  for (let round = -1; round < rounds; round += 1) {
    for (const [row, { of }] of targets.entries()) {
      const asked = servers.map((server) => of(server, id))
      // The round before the first warms up, and nothing of it counts.
      if (round === -1) await Promise.all(asked.map((question) => drive(question, 2)))
      for (const [index, question] of round === -1 ? [] : asked.entries())
        loads[row]?.[index]?.push(await drive(question, measureSeconds))
    }
  }
  await Promise.all(servers.map((server) => server.end()))
  const figures = targets.flatMap(({ what }, row) =>
    names.slice(1).map((name, index): Figure => {
      const share = 1 - leastOf(loads[row]?.[index + 1]) / leastOf(loads[row]?.[0])
      const perSecond = median((loads[row]?.[index + 1] ?? []).map((load) => load.perSecond))
      return {
        what: `${what}: ${name}`,
        value: share * 100,
        unit: '%',
        perSecond,
        ...(name === 'all four' ? { target: { most: 20 } } : {})
      }
    })
  )
  return { title, figures }
}
