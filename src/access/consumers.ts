import { hash as digest } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { ConfigError } from '../errors.ts'

/** Who asks: a team with a key of its own. */
export type Consumer = {
  readonly name: string
  readonly scopes: ReadonlySet<string>
  readonly limits: {
    readonly requestsPerMinute?: number | undefined
    readonly costPerMinute?: number | undefined
    readonly cvsPerDay?: number | undefined
  }
  /** the purpose fixed for it, so that it need not name one */
  readonly doel?: string | undefined
  /** when its token ends, in ms; a key has no end */
  readonly until?: number | undefined
}

/** One entry of CONSUMERS_FILE; `sha256` is the hash of the key in hex, two of them while a key is being rotated. */
export type ConsumerEntry = {
  name: string
  sha256: string | string[]
  scopes: string[]
  doel?: string
  limits?: { requestsPerMinute?: number; costPerMinute?: number; cvsPerDay?: number }
}

/** Every scope there is. The finer ones exist already, so that keys can be made for them. */
export const scopes = [
  'vacatures',
  'vacatures:contact',
  'kandidaten',
  'kandidaten:identiteit',
  'kandidaten:contact',
  'beheer'
]

const hash = { type: 'string', pattern: '^[0-9a-fA-F]{64}$' }
const count = { type: 'integer', minimum: 1 }
const entriesSchema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['name', 'sha256', 'scopes'],
    additionalProperties: false,
    properties: {
      name: { type: 'string', pattern: '^[\\w.-]{1,64}$' },
      sha256: { anyOf: [hash, { type: 'array', items: hash, minItems: 1, maxItems: 2 }] },
      scopes: { type: 'array', items: { enum: scopes }, uniqueItems: true },
      doel: { type: 'string', pattern: '^[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]{1,200}$' },
      limits: {
        type: 'object',
        additionalProperties: false,
        properties: { requestsPerMinute: count, costPerMinute: count, cvsPerDay: count }
      }
    }
  }
}

/** The hash under which a key is stored, in hex. */
export const sha256 = (key: string) => digest('sha256', key, 'hex')

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile<ConsumerEntry[]>(entriesSchema)

/** Reads the entries of a consumers file. Throws ConfigError naming each member that is wrong, and none of the hashes. */
export const readConsumers = (text: string): ConsumerEntry[] => {
  let entries: unknown
  try {
    entries = JSON.parse(text)
  } catch {
    throw new ConfigError(['CONSUMERS_FILE is not JSON'])
  }
  if (!validate(entries)) {
    const named = (params: Readonly<Record<string, unknown>>) => params['allowedValues'] ?? params['additionalProperty']
    throw new ConfigError(
      (validate.errors ?? []).map(
        ({ instancePath, message, params }) =>
          `CONSUMERS_FILE${instancePath} ${message ?? 'is not right'}${named(params) === undefined ? '' : `: ${String(named(params))}`}`
      )
    )
  }
  const names = entries.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new ConfigError([`CONSUMERS_FILE names the consumer "${twice}" twice`])
  const owners = new Map<string, string>()
  for (const { name, sha256: hashes } of entries) {
    for (const hex of [hashes].flat().map((given) => given.toLowerCase())) {
      const owner = owners.get(hex) ?? name
      if (owner !== name) throw new ConfigError([`CONSUMERS_FILE gives "${owner}" and "${name}" the same key`])
      owners.set(hex, name)
    }
  }
  return entries
}

/** Reads the entries of the file itself. Throws ConfigError, also when the file cannot be read. */
export const loadConsumers = (path: string): ConsumerEntry[] => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new ConfigError(['CONSUMERS_FILE names a file that cannot be read'])
  }
  return readConsumers(text)
}

/** The consumers that exist on the simulator only; their keys are their names. */
export const demoConsumers: readonly ConsumerEntry[] = [
  { name: 'demo-frontend', sha256: sha256('demo-frontend'), scopes: ['vacatures'] },
  {
    name: 'demo-hr',
    sha256: sha256('demo-hr'),
    scopes: ['vacatures', 'vacatures:contact', 'kandidaten', 'kandidaten:identiteit', 'kandidaten:contact']
  },
  { name: 'demo-cv', sha256: sha256('demo-cv'), scopes: ['vacatures', 'kandidaten'] },
  { name: 'demo-beheer', sha256: sha256('demo-beheer'), scopes }
]

type Known = { readonly byHash: ReadonlyMap<string, Consumer>; readonly byText: ReadonlyMap<string, Consumer> }

/** A consumer about whom nothing has changed, other than its keys, stays the same object: by that it is known. */
const read = (entries: readonly ConsumerEntry[], before?: Known): Known => {
  const byHash = new Map<string, Consumer>()
  const byText = new Map<string, Consumer>()
  for (const { name, sha256: hashes, scopes: granted, limits = {}, doel } of entries) {
    const text = JSON.stringify([
      name,
      [...granted].sort(),
      limits.requestsPerMinute,
      limits.costPerMinute,
      limits.cvsPerDay,
      doel
    ])
    const consumer = before?.byText.get(text) ?? { name, scopes: new Set(granted), limits, doel }
    byText.set(text, consumer)
    for (const hex of [hashes].flat()) byHash.set(hex.toLowerCase(), consumer)
  }
  return { byHash, byText }
}

/**
 * Finds the consumer of a key by the key's hash. How long that takes tells of hashes at most, and nobody can make a key whose
 * hash begins as they want; so timing tells nothing of keys.
 */
export const createConsumers = (entries: readonly ConsumerEntry[]) => {
  let known = read(entries)
  let edition = 0
  const listeners: (() => void)[] = []
  return {
    find: (key: string): Consumer | undefined => known.byHash.get(sha256(key)),
    /** From now on, these are the consumers. */
    replace(next: readonly ConsumerEntry[]) {
      known = read(next, known)
      edition += 1
      for (const told of listeners) told()
    },
    /** Tells of each replacement, once it is in force. */
    onReplace: (listener: () => void) => listeners.push(listener),
    /** Another number once they were replaced. */
    edition: () => edition
  }
}

export type Consumers = ReturnType<typeof createConsumers>
