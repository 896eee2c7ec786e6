import { hash as digest } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { ConfigError } from '../errors.ts'

/** `weight`: a consumer with weight 2 gets twice the share of the calls to VDAB of one with weight 1, the default. */
type ConsumerLimits = { requestsPerMinute?: number; costPerMinute?: number; cvsPerDay?: number; weight?: number }

/** A team with its own key or token. */
export type Consumer = {
  readonly name: string
  readonly scopes: ReadonlySet<string>
  readonly limits: Readonly<ConsumerLimits>
  /** its configured purpose; without it, each request that reads CVs must state one */
  readonly doel?: string | undefined
  /** the hosts that its subscriptions may call, in lower case, with a port if it is not 443 */
  readonly webhooks: readonly string[]
  /** when its token expires, in ms; absent for a key */
  readonly until?: number | undefined
}

/** One entry of CONSUMERS_FILE. `sha256` is the hash of the key in hex, or two hashes during a key rotation. */
export type ConsumerEntry = {
  name: string
  sha256: string | string[]
  scopes: string[]
  doel?: string
  webhooks?: string[]
  limits?: ConsumerLimits
}

export const scopes = [
  'vacatures',
  'vacatures:contact',
  'kandidaten',
  'kandidaten:identiteit',
  'kandidaten:contact',
  'abonnementen',
  'beheer'
]

const hash = { type: 'string', pattern: '^[0-9a-fA-F]{64}$' }
const count = { type: 'integer', minimum: 1 }
const weight = { type: 'integer', minimum: 1, maximum: 100 }
const limitProperties = { requestsPerMinute: count, costPerMinute: count, cvsPerDay: count, weight }
/** A host name, an IPv4 address, or an IPv6 address in brackets, and a port. */
const hostPattern = '^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\\[[0-9a-f:]+\\])(?::\\d{1,5})?$'
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
      webhooks: { type: 'array', items: { type: 'string', pattern: hostPattern }, maxItems: 100 },
      limits: { type: 'object', additionalProperties: false, properties: limitProperties }
    }
  }
}

/** The hash of a key, in hex, as CONSUMERS_FILE stores it. */
export const sha256 = (key: string) => digest('sha256', key, 'hex')

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile<ConsumerEntry[]>(entriesSchema)

const hashesOf = ({ sha256: hashes }: ConsumerEntry) => [hashes].flat().map((hex) => hex.toLowerCase())

/** Parses the text of a consumers file. Throws ConfigError with each invalid member; it never contains a hash. */
export const readConsumers = (text: string): ConsumerEntry[] => {
  let entries: unknown
  try {
    entries = JSON.parse(text)
  } catch {
    throw new ConfigError(['CONSUMERS_FILE is not JSON'])
  }
  if (!validate(entries))
    throw new ConfigError(
      (validate.errors ?? []).map(({ instancePath, message = 'is not right', params }) => {
        // Ajv has one type for the parameters of all keywords.
        const named = (params['allowedValues'] ?? params['additionalProperty']) as string | string[] | undefined
        return `CONSUMERS_FILE${instancePath} ${message}${named === undefined ? '' : `: ${String(named)}`}`
      })
    )
  const names = entries.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new ConfigError([`CONSUMERS_FILE names the consumer "${twice}" twice`])
  const owners = new Map<string, string>()
  for (const entry of entries)
    for (const hex of hashesOf(entry)) {
      const owner = owners.get(hex) ?? entry.name
      if (owner !== entry.name)
        throw new ConfigError([`CONSUMERS_FILE gives "${owner}" and "${entry.name}" the same key`])
      owners.set(hex, owner)
    }
  return entries
}

/** Reads a consumers file. Throws ConfigError, also when the file cannot be read. */
export const loadConsumers = (path: string): ConsumerEntry[] => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new ConfigError(['CONSUMERS_FILE names a file that cannot be read'])
  }
  return readConsumers(text)
}

const demo = (name: string, scopes: string[]): ConsumerEntry => ({ name, sha256: sha256(name), scopes })

/** The consumers on the simulator; the key of each is its name. */
export const demoConsumers: readonly ConsumerEntry[] = [
  demo('demo-frontend', ['vacatures']),
  demo(
    'demo-hr',
    scopes.filter((scope) => scope !== 'beheer')
  ),
  demo('demo-cv', ['vacatures', 'kandidaten']),
  demo('demo-beheer', scopes)
]

type Named = { readonly consumer: Consumer; readonly hashes: readonly string[] }
type Known = {
  readonly byHash: ReadonlyMap<string, Consumer>
  readonly byText: ReadonlyMap<string, Consumer>
  readonly byName: ReadonlyMap<string, Named>
}

/** A consumer with only changed keys keeps its object, so that a comparison by identity finds the other changes. */
const index = (entries: readonly ConsumerEntry[], before?: Known): Known => {
  const byHash = new Map<string, Consumer>()
  const byText = new Map<string, Consumer>()
  const byName = new Map<string, Named>()
  for (const entry of entries) {
    const { name, scopes: granted, limits = {}, doel, webhooks = [] } = entry
    const { requestsPerMinute, costPerMinute, cvsPerDay, weight } = limits
    const rates = [requestsPerMinute, costPerMinute, cvsPerDay, weight]
    const text = JSON.stringify([name, [...granted].sort(), rates, doel, webhooks])
    const consumer = before?.byText.get(text) ?? { name, scopes: new Set(granted), limits, doel, webhooks }
    byText.set(text, consumer)
    byName.set(name, { consumer, hashes: hashesOf(entry) })
    for (const hex of hashesOf(entry)) byHash.set(hex, consumer)
  }
  return { byHash, byText, byName }
}

/**
 * Finds the consumer of a key by the hash of the key. The duration of a look-up can leak information about hashes only,
 * and nobody can construct a key whose hash has a chosen prefix.
 */
export const createConsumers = (entries: readonly ConsumerEntry[]) => {
  let known = index(entries)
  let edition = 0
  const listeners: (() => void)[] = []
  return {
    find: (key: string): Consumer | undefined => known.byHash.get(sha256(key)),
    /** The consumer with this name, and the hashes of its keys in hex. */
    named: (name: string): Named | undefined => known.byName.get(name),
    all: (): readonly Consumer[] => [...known.byName.values()].map(({ consumer }) => consumer),
    hashOf: sha256,
    replace(next: readonly ConsumerEntry[]) {
      known = index(next, known)
      edition += 1
      for (const listener of listeners) listener()
    },
    /** Adds a listener that is called after each replacement. */
    onReplace: (listener: () => void) => listeners.push(listener),
    /** A number that changes with each replacement. */
    edition: () => edition
  }
}

export type Consumers = ReturnType<typeof createConsumers>
