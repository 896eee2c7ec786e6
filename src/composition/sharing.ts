import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Config } from '../config/index.ts'
import { GatewayError } from '../errors.ts'
import { version as ownVersion } from '../http/version.ts'
import type { Sharing } from '../sharing/redis/index.ts'

type Dependencies = {
  config: Config
  manifest: unknown
  warn: (message: string) => void
  now: () => number
}

const digestOf = (value: unknown) =>
  createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('base64url')
    .slice(0, 16)

const fileDigest = (path: string | undefined) => {
  try {
    return path === undefined ? '' : digestOf(readFileSync(path, 'utf8'))
  } catch {
    return 'unreadable' // the watcher of the file reports it
  }
}

/** The settings that must be equal on all gateways; otherwise their limits and responses differ. */
const alike = ({ requestsPerMinute, costPerMinute, cvsPerDay, live, stream, export: exports, vdab, feed }: Config) => ({
  limits: { requestsPerMinute, costPerMinute, cvsPerDay, live, stream, exports },
  vdab: { url: vdab.url?.href, profile: vdab.profile, quota: vdab.quota },
  feed
})

const version = ownVersion ?? 'unknown'

/**
 * Connects to the gateways of other machines through the Redis of REDIS_URL. Without that setting no code for it is
 * loaded.
 */
export const startSharing = async ({ config, manifest, warn, now }: Dependencies): Promise<Sharing | undefined> => {
  const { sharing: settings, consumersFile } = config
  if (!settings) return undefined
  const { createSharing } = await import('../sharing/redis/index.ts')
  const facts = () => ({
    name: hostname(),
    version,
    digests: {
      version,
      CONSUMERS_FILE: fileDigest(consumersFile),
      TRUSTED_DOCUMENTS_FILE: digestOf(manifest ?? null),
      settings: digestOf(alike(config))
    }
  })
  return createSharing({ settings, callsPerMinute: config.vdab.quota.callsPerMinute, facts, warn, now })
}

/**
 * Removes a person's data from the caches of the other machines. Rejects with 503 when one of them has not confirmed in
 * time.
 */
export const forgetOnAllMachines = async (sharing: Pick<Sharing, 'forgetPerson'> | undefined, cvId: string) => {
  try {
    await sharing?.forgetPerson(cvId)
  } catch (cause) {
    throw new GatewayError(
      'INTERNAL',
      'This gateway has forgotten the person, but not every other one has; ask again.',
      { status: 503, retryAfter: 5, cause }
    )
  }
}
