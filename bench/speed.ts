import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, release, totalmem, type } from 'node:os'
import { fileURLToPath } from 'node:url'
import { benchCold } from './cold.ts'
import { asTable, judged } from './figures.ts'
import type { Part } from './figures.ts'
import { generator } from './load.ts'
import { benchMemory } from './memory.ts'
import { canPin, endAll, pinSelf } from './processes.ts'
import { startVdab } from './product.ts'
import type { Vdab } from './product.ts'
import { benchWarm } from './warm.ts'
import { benchZipf } from './zipf.ts'

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const say = (text: string) => {
  process.stdout.write(`${text}\n`)
}

const versionOf = (name: string) =>
  (JSON.parse(readFileSync(at(`node_modules/${name}/package.json`), 'utf8')) as { version: string }).version // every package.json has one
const git = (...args: string[]) => execFileSync('git', args, { cwd: at('.'), encoding: 'utf8' }).trim()

/** The environment of the measurements. */
const machine = () => ({
  node: process.versions.node,
  v8: process.versions.v8,
  ...Object.fromEntries(['fastify', 'mercurius', 'graphql', 'undici'].map((name) => [name, versionOf(name)])),
  os: `${type()} ${release()} ${arch()}`,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryMb: Math.round(totalmem() / 2 ** 20),
  commit: git('rev-parse', '--short', 'HEAD'),
  isChanged: git('status', '--porcelain', '--untracked-files=no') !== '',
  generator,
  isPinned: canPin
})

type Done = Part & { seconds: number }

const write = (mode: string, seconds: number, done: readonly Done[]) => {
  const about = machine()
  const moment = new Date().toISOString()
  const file = `bench/results/${moment.slice(0, 19).replaceAll(':', '')}-${about.commit}.json`
  mkdirSync(at('bench/results'), { recursive: true })
  writeFileSync(
    at(file),
    `${JSON.stringify({ moment, mode, seconds: Math.round(seconds), ...about, parts: done.map(({ figures, ...about }) => ({ ...about, figures: judged(figures) })) }, null, 2)}\n`
  )
  say(`\n${file}, ${seconds.toFixed(0)} s`)
}

type Sizes = {
  isFull: boolean
  rounds: number
  vacatures: number
  coldPages: number
  herds: number
  loneDetails: number
  zipfRequests: number
  held: number
}
// About 92 % of the simulator's vacancies are published.
const short: Sizes = {
  isFull: false,
  rounds: 3,
  vacatures: 24_000,
  coldPages: 40,
  herds: 4,
  loneDetails: 10,
  zipfRequests: 8000,
  held: 100_000
}
const full: Sizes = {
  isFull: true,
  rounds: 7,
  vacatures: 24_000,
  coldPages: 100,
  herds: 20,
  loneDetails: 100,
  zipfRequests: 60_000,
  held: 100_000
}

const runs: Readonly<Record<string, (vdab: Vdab, sizes: Sizes) => Promise<Part>>> = {
  warm: benchWarm,
  cold: benchCold,
  zipf: benchZipf,
  memory: benchMemory
}

/** The time limit of a run, in ms. */
const longest = { short: 900_000, full: 3_600_000 } as const

/** The parts by name, in the order in which they run. */
export const parts = Object.keys(runs)

/**
 * Compares the production gateway with floors measured in the same run: prints a table for each part and writes a
 * record of all to bench/results. `only` names the parts to run; none = all.
 */
export const benchSpeed = async ({
  isFull = false,
  only = []
}: { isFull?: boolean; only?: readonly string[] } = {}) => {
  const startedAt = performance.now()
  pinSelf()
  const sizes = isFull ? full : short
  const done: Done[] = []
  const guard = setTimeout(
    () => {
      process.stderr.write('the bench takes too long and is aborted\n')
      process.exit(1)
    },
    isFull ? longest.full : longest.short
  )
  try {
    const vdab = await startVdab(sizes.vacatures)
    for (const [name, run] of Object.entries(runs)) {
      if (only.length > 0 && !only.includes(name)) continue
      say(`\n… ${name}`)
      const began = performance.now()
      const part = await run(vdab, sizes)
      done.push({ ...part, seconds: Math.round((performance.now() - began) / 1000) })
      say(asTable(part))
    }
    write(isFull ? 'full' : 'short', (performance.now() - startedAt) / 1000, done)
  } finally {
    clearTimeout(guard)
    await endAll()
  }
}
