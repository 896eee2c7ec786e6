import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { markIn } from '../canary.ts'

const hashesOf = (text: string) => {
  const hash = createHash('sha256').update(text)
  const digest = hash.digest()
  return [digest.toString('hex'), digest.toString('base64url').slice(0, 22)]
}

/** Finds secrets, their plain hashes and marks of persons in a text; `where` names the text. */
export const leaksIn = (where: string, text: string, secrets: readonly string[]): string[] => {
  const found = secrets.filter((secret) => [secret, ...hashesOf(secret)].some((shown) => text.includes(shown)))
  const mark = markIn(text)
  return [...found, ...(mark === undefined ? [] : [mark])].map((what) => `${what} in ${where}`)
}

/** Collects all that a Redis server receives, stores and logs. */
export const createCanary = () => {
  const commands: string[] = []
  const monitors: Redis[] = []
  const folders: string[] = []
  const filesOf = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name)] : []
    )
  return {
    /** Watches the commands to a server, now and after each restart. */
    watch: async (client: Redis) => {
      const monitor = await client.monitor()
      monitors.push(monitor)
      monitor.on('monitor', (_time: string, args: readonly string[]) => commands.push(args.join(' ')))
      monitor.on('error', () => {})
    },
    /** Adds a folder in which a server logs its writes. */
    log: (folder: string) => {
      folders.push(folder)
      return folder
    },
    close: async () => {
      for (const monitor of monitors) monitor.disconnect()
    },
    /** The secrets that were found: in a command, in a value at the end, or in a log. */
    find: async (client: Redis, secrets: readonly string[]) => {
      const keys = await client.keys('*')
      const dumps = await Promise.all(keys.map((key) => client.dumpBuffer(key)))
      const values = dumps.map((dump, index) => `${keys[index]} ${dump?.toString('latin1') ?? ''}`)
      const logs = folders.flatMap(filesOf).map((file) => readFileSync(file, 'latin1'))
      const leaks = [
        ...leaksIn('a command', commands.join('\n'), secrets),
        ...leaksIn('a key or its value', values.join('\n'), secrets),
        ...leaksIn('the log of writes', logs.join('\n'), secrets)
      ]
      const bytes = logs.reduce((sum, { length }) => sum + length, 0)
      return { leaks, commands: commands.length, keys: keys.length, bytes }
    }
  }
}
