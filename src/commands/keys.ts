import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { loadConsumers, readConsumers, scopes as allScopes, sha256, type ConsumerEntry } from '../access/consumers.ts'
import { ConfigError } from '../errors.ts'

const usage = 'keys add NAME --scopes a,b [--doel TEXT] | keys add NAME (a second key) | keys list | keys revoke NAME'

/**
 * Validates the entries and replaces the file with one rename, so that a running gateway never reads a partial file.
 * The new file gets the owner and the permissions of the old one.
 */
const save = (path: string, entries: readonly ConsumerEntry[]) => {
  const text = `${JSON.stringify(entries, null, 2)}\n`
  readConsumers(text)
  const { mode, uid, gid } = existsSync(path) ? statSync(path) : { mode: 0o600, uid: undefined, gid: undefined }
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  chmodSync(`${path}.new`, mode & 0o777)
  if (uid !== undefined && process.getuid?.() === 0) chownSync(`${path}.new`, uid, gid)
  renameSync(`${path}.new`, path)
}

/** Manages CONSUMERS_FILE. Prints a new key once; the file stores only its hash. Throws ConfigError. */
export const keys = (
  args: string[],
  path: string | undefined,
  print: (line: string) => void = (line) => process.stdout.write(`${line}\n`)
) => {
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { scopes: text, doel: text } })
  const [action, name] = positionals
  const { scopes, doel } = values
  if (path === undefined)
    throw new ConfigError(['CONSUMERS_FILE is missing: it names the file to keep the consumers in'])
  const entries = existsSync(path) ? loadConsumers(path) : []
  const known = entries.find((entry) => entry.name === name)
  const key = randomBytes(32).toString('base64url')
  if (action === 'list') {
    for (const entry of entries)
      print(`${entry.name}\t${entry.scopes.join(',')}\t${[entry.sha256].flat().length} key(s)`)
  } else if (action === 'add' && known) {
    if (scopes !== undefined || doel !== undefined)
      throw new ConfigError([`"${known.name}" is there already: without --scopes and --doel it gets a second key`])
    const rotated = { ...known, sha256: [sha256(key), ...[known.sha256].flat().slice(0, 1)] }
    save(
      path,
      entries.map((entry) => (entry === known ? rotated : entry))
    )
    print(`Second key of ${known.name}, shown this once: ${key}; of the keys before only the newest still works.`)
  } else if (action === 'add' && name !== undefined) {
    if (scopes === undefined) throw new ConfigError([`--scopes is missing; allowed: ${allScopes.join(', ')}`])
    const granted = scopes.split(',').map((scope) => scope.trim())
    save(path, [...entries, { name, sha256: sha256(key), scopes: granted, ...(doel === undefined ? {} : { doel }) }])
    print(`Key of ${name}, shown this once: ${key}`)
  } else if (action === 'revoke' && name !== undefined) {
    if (!known) throw new ConfigError([`no consumer is named "${name}"`])
    save(
      path,
      entries.filter((entry) => entry !== known)
    )
    print(`${name} has no key any more.`)
  } else throw new ConfigError([`usage: ${usage}`])
}
