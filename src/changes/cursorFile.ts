import { mkdirSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { redacted } from '../errors.ts'
import type { Noun } from './cursor.ts'

type Instants = Partial<Record<Noun, number>>
type Dependencies = { path: string; warn: (message: string) => void; now: () => number }

const version = 1
// A clock that was set back a little is no reason to start anew.
const toleratedMs = 60_000

const codeOf = (error: unknown) => redacted(error).code ?? redacted(error).name

/**
 * Keeps the instant up to which each feed was read, across restarts. A file that is missing, cannot be read or holds
 * something else gives no instants, and says so; it is written whole beside its place and then moved there.
 */
export const createCursorFile = ({ path, warn, now }: Dependencies) => {
  const read = (): Instants => {
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch (error) {
      if (codeOf(error) !== 'ENOENT')
        warn(`FEED_CURSOR_FILE cannot be read (${codeOf(error)}); the change feeds start from now.`)
      return {}
    }
    try {
      const { v, vacature, kandidaat } = JSON.parse(text) as Record<string, unknown> // each member is looked at here
      const isInstant = (value: unknown) =>
        value === undefined ||
        (Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= now() + toleratedMs)
      if (v === version && isInstant(vacature) && isInstant(kandidaat))
        return { vacature: vacature as number, kandidaat: kandidaat as number } // isInstant has seen them
    } catch {
      // what is no JSON is said below
    }
    warn('FEED_CURSOR_FILE does not hold what the gateway writes there; the change feeds start from now.')
    return {}
  }

  const instants = read()
  let writing = Promise.resolve()

  const write = async () => {
    try {
      mkdirSync(dirname(path), { recursive: true })
      await writeFile(`${path}.new`, `${JSON.stringify({ v: version, ...instants })}\n`, { mode: 0o600 })
      await rename(`${path}.new`, path)
    } catch (error) {
      warn(
        `FEED_CURSOR_FILE cannot be written (${codeOf(error)}); a restart will read on from where it was last written.`
      )
    }
  }

  return {
    /** The instant (ms) up to which this feed was read before. */
    load: (noun: Noun): number | undefined =>
      instants[noun] === undefined ? undefined : Math.min(instants[noun], now()),
    /** Keeps it; one write after the other, and never a rejection. */
    save: (noun: Noun, instant: number): Promise<void> => {
      instants[noun] = instant
      writing = writing.then(write)
      return writing
    }
  }
}

export type CursorFile = ReturnType<typeof createCursorFile>
