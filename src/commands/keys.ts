import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { loadConsumers, readConsumers, scopes as allScopes, sha256 } from '../access/consumers.ts'
import type { ConsumerEntry } from '../access/consumers.ts'
import { ConfigError } from '../errors.ts'

const usage = 'keys add NAME --scopes a,b [--doel TEXT] | keys add NAME (a second key) | keys list | keys revoke NAME'

// Checked before it is written, and put in place at once, so that a running gateway never reads half a file; whoever could
// read the old file can read the new one.
const save = (path: string, entries: readonly ConsumerEntry[]) => {
  const text = `${JSON.stringify(entries, null, 2)}\n`
  readConsumers(text)
  const { mode, uid, gid } = existsSync(path) ? statSync(path) : { mode: 0o600, uid: undefined, gid: undefined }
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  chmodSync(`${path}.new`, mode & 0o777)
  if (uid !== undefined && process.getuid?.() === 0) chownSync(`${path}.new`, uid, gid)
  renameSync(`${path}.new`, path)
}

/** Manages CONSUMERS_FILE. A new key is printed once; the file holds its hash only. Throws ConfigError. */
export const keys = (
  args: string[],
  path: string | undefined,
  print: (line: string) => void = (line) => process.stdout.write(`${line}\n`)
) => {
  const {
    values,
    positionals: [action, name]
  } = parseArgs({ args, allowPositionals: true, options: { scopes: { type: 'string' }, doel: { type: 'string' } } })
  if (path === undefined)
    throw new ConfigError(['CONSUMERS_FILE is missing: it names the file to keep the consumers in'])
  const entries = existsSync(path) ? loadConsumers(path) : []
  if (action === 'list') {
    for (const entry of entries)
      print(`${entry.name}\t${entry.scopes.join(',')}\t${[entry.sha256].flat().length} key(s)`)
  } else if (action === 'add' && name !== undefined && entries.some((entry) => entry.name === name)) {
    if (values.scopes !== undefined || values.doel !== undefined)
      throw new ConfigError([`"${name}" is there already: without --scopes and --doel it gets a second key`])
    const key = randomBytes(32).toString('base64url')
    save(
      path,
      entries.map((entry) =>
        entry.name === name ? { ...entry, sha256: [sha256(key), ...[entry.sha256].flat().slice(0, 1)] } : entry
      )
    )
    print(`Second key of ${name}, shown this once: ${key}; of the keys before only the newest still works.`)
  } else if (action === 'add' && name !== undefined) {
    if (values.scopes === undefined) throw new ConfigError([`--scopes is missing; allowed: ${allScopes.join(', ')}`])
    const key = randomBytes(32).toString('base64url')
    save(path, [
      ...entries,
      {
        name,
        sha256: sha256(key),
        scopes: values.scopes.split(',').map((scope) => scope.trim()),
        ...(values.doel === undefined ? {} : { doel: values.doel })
      }
    ])
    print(`Key of ${name}, shown this once: ${key}`)
  } else if (action === 'revoke' && name !== undefined) {
    if (!entries.some((entry) => entry.name === name)) throw new ConfigError([`no consumer is named "${name}"`])
    save(
      path,
      entries.filter((entry) => entry.name !== name)
    )
    print(`${name} has no key any more.`)
  } else throw new ConfigError([`usage: ${usage}`])
}
