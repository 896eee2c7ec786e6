import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { askOnce, drive } from './load.ts'
import type { Question } from './load.ts'
import { endAll, folder, pinSelf } from './processes.ts'
import { startGateway, startVdab } from './product.ts'
import { detail, page } from './questions.ts'
import { contactHeaders, posted, restDetail } from './warm.ts'

const warmUpSeconds = 4
const measureSeconds = 8
const shown = 25
const say = (text: string) => {
  process.stdout.write(`${text}\n`)
}

type Node = { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }
type Profile = { nodes: Node[]; startTime: number; samples: number[]; timeDeltas: number[] }

/** The owner of the code: a package, a part of node, one of our files, or the engine itself. */
const ownerOf = ({ functionName, url }: Node['callFrame']): string => {
  if (url === '') return functionName.startsWith('(') ? functionName : 'native'
  if (url.startsWith('node:')) return 'node core'
  const [, packed] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  return packed ?? `ours: ${url.replace(/.*\/dist\//, '')}`
}

const placeOf = ({ functionName, url, lineNumber }: Node['callFrame']) =>
  `${functionName || '(anonymous)'}  ${url === '' ? '' : `${url.replace(/.*\/(node_modules|dist)\//, '')}:${lineNumber + 1}`}`

/** The time by the key that `of` returns for a function, between two instants of the profile's clock. */
const sumBy = (
  { nodes, startTime, samples, timeDeltas }: Profile,
  { from, to }: { from: number; to: number },
  of: (frame: Node['callFrame']) => string
) => {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const sums = new Map<string, number>()
  let at = startTime
  for (const [index, id] of samples.entries()) {
    const micros = timeDeltas[index] ?? 0
    at += micros
    const frame = frames.get(id)
    if (at < from || at > to || frame === undefined || frame.functionName === '(idle)') continue
    sums.set(of(frame), (sums.get(of(frame)) ?? 0) + micros)
  }
  const total = [...sums.values()].reduce((sum, micros) => sum + micros, 0)
  return [...sums].map(([name, micros]) => ({ name, share: micros / total })).sort((a, b) => b.share - a.share)
}

const print = (title: string, rows: readonly { name: string; share: number }[]) => {
  say(`\n${title}`)
  for (const { name, share } of rows.slice(0, shown))
    if (share > 0.002) say(`${(share * 100).toFixed(1).padStart(6)} %  ${name}`)
}

const micros = () => Number(process.hrtime.bigint() / 1000n)

const profile = async (
  what: string,
  vdab: string,
  env: Readonly<Record<string, string>>,
  of: (server: Question['server']) => Question
) => {
  const name = `${what.replaceAll(/\W/g, '')}.cpuprofile`
  const gateway = await startGateway({
    vdab,
    env,
    node: ['--cpu-prof', '--cpu-prof-interval', '200', '--cpu-prof-dir', folder, '--cpu-prof-name', name]
  })
  const question = of(gateway)
  await askOnce(question)
  await drive(question, warmUpSeconds)
  const from = micros()
  const { perSecond, cpuMicros } = await drive(question, measureSeconds)
  const to = micros()
  await gateway.end()
  if (!readdirSync(folder).includes(name)) throw new Error(`${what} left no profile`)
  const taken = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Profile // V8's own form
  say(`\n== ${what}: ${perSecond.toFixed(0)} requests/s, ${cpuMicros.toFixed(1)} CPU µs per request, while profiled`)
  print(
    'By owner, self time',
    sumBy(taken, { from, to }, (frame) => ownerOf(frame).replace(/^ours: .*/, 'ours, all files'))
  )
  print(
    'Ours by file, self time',
    sumBy(taken, { from, to }, ownerOf)
      .filter(({ name: owner }) => owner.startsWith('ours: '))
      .slice(0, 12)
  )
  print('By function, self time', sumBy(taken, { from, to }, placeOf))
}

/** The self time of W1, W2, W2' and the REST detail, by owner and by function, of the production gateway. */
export const benchProfile = async () => {
  pinSelf()
  try {
    const vdab = await startVdab(5000)
    const [id = ''] = await vdab.ids(1)
    const jobdomein = { jobdomein: ['JOBCAT01'] }
    await profile('W1 detail, POST', vdab.base, {}, (server) => posted(server, detail, { id }))
    await profile('W2 page, POST', vdab.base, {}, (server) => posted(server, page, jobdomein))
    await profile("W2' page, whole answer not kept", vdab.base, { CACHE_ANSWERS: 'fragments' }, (server) =>
      posted(server, page, jobdomein)
    )
    await profile('REST detail', vdab.base, {}, (server) => restDetail(server, id))
    await profile('REST detail with contact persons', vdab.base, {}, (server) => ({
      ...restDetail(server, id),
      headers: contactHeaders
    }))
  } finally {
    await endAll()
  }
}
