import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { takeSamples } from './records.ts'

const filler = fileURLToPath(new URL('cache-fill.ts', import.meta.url))

const run = (...args: string[]) =>
  new Promise<void>((resolve, reject) => {
    spawn(process.execPath, ['--expose-gc', '--import=tsx', filler, ...args], { stdio: 'inherit' }).on(
      'exit',
      (code) => {
        if (code === 0) resolve()
        else reject(new Error(`${filler} ended with ${code ?? 'a signal'}`))
      }
    )
  })

/**
 * Checks that the memory of the cache is bounded and its estimate correct. A million vacancies pass through 64 MB,
 * compared with parsing and dropping the same million; then a cache is filled with each kind of answer and the heap is
 * measured.
 */
export const benchCache = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const file = join(folder, 'samples.json')
  try {
    const samples = await takeSamples(1000)
    writeFileSync(file, JSON.stringify(samples))
    process.stdout.write('\n1,000,000 vacancies parsed and dropped (floor)\n')
    await run(file, 'floor')
    process.stdout.write('\n1,000,000 vacancies through a cache of 64 MB\n')
    await run(file, 'million')
    process.stdout.write('\nThe estimate by kind of content; promised is 0.75 to 1.25\n')
    for (const what of Object.keys(samples)) await run(file, 'weigh', what)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
