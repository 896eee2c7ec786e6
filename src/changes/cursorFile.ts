import { mkdirSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { redacted } from '../errors.ts'
import type { Noun } from './cursor.ts'

type Instants = Partial<Record<Noun, number>>
type Dependencies = { path: string; warn: (message: string) => void; now: () => number }

const version = 1
// A small correction of the clock must not invalidate the file.
const toleratedMs = 60_000

const codeOf = (error: unknown) => redacted(error).code ?? redacted(error).name

/**
 * Persists the instant up to which each feed was read. A missing, unreadable or malformed file yields no instants; an
 * unreadable or malformed file also logs a warning. Each write goes to a temporary file, which is then renamed.
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
    const isInstant = (value: unknown) =>
      value === undefined ||
      (Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= now() + toleratedMs)
    try {
      const { v, vacature, kandidaat } = JSON.parse(text) as Record<string, unknown> // each member is checked below
      if (v === version && isInstant(vacature) && isInstant(kandidaat))
        return { vacature: vacature as number, kandidaat: kandidaat as number } // isInstant has checked both
    } catch {
      // The warning below covers invalid JSON.
    }
    warn('FEED_CURSOR_FILE is not a cursor file of this gateway; the change feeds start from now.')
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
      warn(`FEED_CURSOR_FILE cannot be written (${codeOf(error)}); a restart continues from the last written position.`)
    }
  }

  return {
    /** The stored instant (ms) of this feed. */
    load: (noun: Noun): number | undefined =>
      instants[noun] === undefined ? undefined : Math.min(instants[noun], now()),
    /** Stores an instant. Writes run one after another, and the promise never rejects. */
    save: (noun: Noun, instant: number): Promise<void> => {
      instants[noun] = instant
      writing = writing.then(write)
      return writing
    }
  }
}

export type CursorFile = ReturnType<typeof createCursorFile>
