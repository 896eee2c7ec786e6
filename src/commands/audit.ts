import { parseArgs } from 'node:util'
import { readFileSync } from 'node:fs'
import type { ChainHead } from '../access/auditChain.ts'
import { dayBounds, whoCouldSee } from '../access/auditAccess.ts'
import { lastHead } from '../access/auditFiles.ts'
import { verifyAudit, verifyCollected, type Verified } from '../access/auditVerify.ts'
import type { AuditSettings } from '../config/audit.ts'
import { ConfigError, GatewayError, UsageError } from '../errors.ts'
import { likelyHint } from './readArguments.ts'

const maxFindings = 100
const options = {
  file: { type: 'string' },
  from: { type: 'string' },
  head: { type: 'string' },
  'key-file': { type: 'string', multiple: true },
  field: { type: 'string' },
  day: { type: 'string' },
  stdout: { type: 'boolean' },
  json: { type: 'boolean' }
} as const
type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']
type Print = (line: string) => void
type Task = { values: Values; file: string; settings: AuditSettings; print: Print }

const notedHead = (given: string | undefined): ChainHead | undefined => {
  if (given === undefined) return undefined
  const [, nr, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(given) ?? []
  if (nr === undefined || hash === undefined)
    throw new ConfigError(['--head must be NR:HASH, as the log and "audit head" print it'])
  return { nr: Number(nr), hash }
}

const readKey = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    throw new ConfigError(['--key-file names a file that cannot be read'])
  }
}

const summaryOf = ({ records, unchained, deletedTo, methods, head, files, findings }: Verified): string[] => [
  ...findings.slice(0, maxFindings).map(({ file, line, problem }) => `${file}:${line}: ${problem}`),
  ...(findings.length > maxFindings ? [`and ${findings.length - maxFindings} more`] : []),
  ...(unchained > 0 ? [`${unchained} lines of an older version have no hash: they cannot be verified`] : []),
  ...(deletedTo > 0 ? [`records 1 to ${deletedTo} are not in these files`] : []),
  `${findings.length === 0 ? 'whole' : 'NOT WHOLE'}: ${records} records (${methods.join(', ') || 'no hash'}) in ` +
    `${files} files, to ${head ? `${head.nr}:${head.hash}` : 'none'}`
]

const isLine = (line: string | undefined) => line !== undefined

const verify = async ({ values, file, settings, print }: Task): Promise<boolean> => {
  const present = settings.auditChainKey?.reveal()
  const keys = [...(present === undefined ? [] : [present]), ...(values['key-file'] ?? []).map(readKey)]
  const noted = notedHead(values.head)
  const from = values.from === undefined ? undefined : dayBounds(values.from).from
  const chains = values.stdout
    ? await verifyCollected(file, { keys, noted })
    : new Map([['', await verifyAudit(file, { keys, noted, from })]])
  const results = [...chains].map(([keten, verified]) => ({ ...(keten === '' ? {} : { keten }), ...verified }))
  if (results.every(({ records, unchained }) => records + unchained === 0))
    throw new ConfigError([`there is no audit record in ${file}`])
  const isWhole = results.every((result) => result.isWhole)
  if (values.json) print(JSON.stringify(results.length === 1 ? results[0] : { isWhole, ketens: results }))
  else
    for (const { keten, ...verified } of results)
      for (const line of [keten, ...summaryOf(verified)].filter(isLine)) print(line)
  return isWhole
}

const head = async ({ file, print }: Task): Promise<boolean> => {
  const { nr, hash } = await lastHead(file)
  if (nr === 0) throw new ConfigError([`there is no chained record in ${file}`])
  print(`${nr}:${hash}`)
  return true
}

const access = async ({ values, file, print }: Task): Promise<boolean> => {
  const { field, day } = values
  if (field === undefined || day === undefined) throw new UsageError('audit access needs --field and --day')
  const found = await whoCouldSee(file, { field, day, now: Date.now() })
  if (values.json) {
    print(JSON.stringify(found))
    return true
  }
  const { consumenten, lezers, scopes, beleid, volledig, uitgevers } = found
  if (beleid.length === 0) print(`No policy is on record for ${day}.`)
  else {
    print(`${field} on ${day} needed ${scopes.map((key) => key.replaceAll(' ', ' and ')).join(', or ')}`)
    for (const { naam, van, tot } of consumenten) print(`could see it: ${naam} from ${van} to ${tot}`)
    if (consumenten.length === 0) print('no consumer with a key could see it')
    for (const uitgever of uitgevers) print(`consumers with tokens of ${uitgever} had the scopes of their tokens`)
    if (!volledig) print('for a part of the day no policy is on record')
  }
  for (const { naam, records } of lezers) print(`read fields of this scope: ${naam}, ${records} records`)
  return true
}

const tasks = { verify, head, access } as const
const isTask = (name: string): name is keyof typeof tasks => Object.hasOwn(tasks, name)

/**
 * Verifies the audit log, prints the end of its chain, or prints who could see a field on a day. Resolves to false when
 * the log is incomplete or changed. Throws ConfigError for wrong arguments, and when there is no log.
 */
export const audit = async (
  [name = '', ...args]: string[],
  settings: AuditSettings,
  print: Print = (line) => process.stdout.write(`${line}\n`)
): Promise<boolean> => {
  const { values } = parseArgs({ args, options })
  const file = values.file ?? settings.auditFile
  if (!isTask(name)) {
    const names = Object.keys(tasks)
    throw new UsageError(`"${name}" is not a task of audit${likelyHint(name, names)} There are: ${names.join(', ')}.`)
  }
  if (file === undefined) throw new ConfigError(['AUDIT_FILE is not set: name the file with --file'])
  try {
    return await tasks[name]({ values, file, settings, print })
  } catch (error) {
    if (error instanceof GatewayError) throw new ConfigError([error.message]) // a wrong day or field
    throw error
  }
}
