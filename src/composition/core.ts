import fastify from 'fastify'
import { createRefusalDelay } from '../access/refusalDelay.ts'
import { createDerived } from '../cache/derived.ts'
import type { Far } from '../cache/far.ts'
import { createRequestCache, type Cache } from '../cache/requestCache.ts'
import { eighths } from '../cache/shares.ts'
import type { Config } from '../config/index.ts'
import { createTurns } from '../graphql/turns.ts'
import { createDocuments, loadManifest, type Manifest } from '../graphql/trustedDocuments.ts'
import { answeredMalformed } from '../http/answered.ts'
import { createLogStream } from '../http/log.ts'
import { createPendingRequests } from '../http/pendingRequests.ts'
import { watchStopping } from '../http/stopping.ts'
import { createWarnings } from '../http/warnings.ts'
import { webOptions } from '../http/serverOptions.ts'
import type { Options } from '../options.ts'
import { createEvents } from './events.ts'
import { startFarCache } from './farCache.ts'
import { startSharing } from './sharing.ts'
import { startTraces } from './traces.ts'

const createTrustedDocuments = (
  { trustedDocuments: { mode }, vdab }: Config,
  manifest: Manifest | undefined,
  { registered, far, now }: { registered: Cache<string>; far: Far | undefined; now: () => number }
) =>
  createDocuments({
    mode,
    manifest,
    containsId: (text) => vdab.idWithin.test(text),
    registered,
    far,
    now
  })

/**
 * The basis of all other parts: the web server, without routes, and the caches. Throws ConfigError when the file of
 * trusted documents is invalid.
 */
export const createCore = async (config: Config, { now = Date.now, stream = createLogStream(), shared }: Options) => {
  /** The bytes of one part of the cache. */
  const shareOf = (part: keyof typeof eighths) => (eighths[part] * config.cacheMaxBytes) / 8
  const requests = createRequestCache({ maxBytes: shareOf('requests') })
  const { file } = config.trustedDocuments
  const manifest = file === undefined ? undefined : loadManifest(file)
  const refusalDelay = createRefusalDelay({ holdMs: config.refusalDelayMs, now })
  const events = createEvents()
  const onMalformed = (status: number) => void events.emit('answered', answeredMalformed(status))
  const app = fastify(webOptions(config, stream, refusalDelay, onMalformed))
  const warn = createWarnings({ log: app.log, now })
  const far = await startFarCache({ config, log: app.log, warn, now })
  const documents = createTrustedDocuments(config, manifest, { registered: requests.cache(), far, now })
  return {
    app,
    config,
    now,
    stream,
    events,
    shared,
    /** undefined = no other machine shares the limits */
    sharing: await startSharing({ config, manifest, warn, now }),
    /** undefined = no cache outside this machine */
    far,
    warn,
    /** undefined = no traces */
    traces: await startTraces(config, warn),
    stopping: watchStopping(app),
    refusalDelay,
    shareOf,
    requests,
    derived: createDerived<unknown>({ maxBytes: shareOf('answers') }),
    manifest,
    documents,
    pendingRequests: createPendingRequests(),
    turns: createTurns()
  }
}

export type Core = Awaited<ReturnType<typeof createCore>>
