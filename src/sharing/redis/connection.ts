import { createHash } from 'node:crypto'
import { Redis } from 'ioredis'
import type { SharingSettings } from '../../config/sharing.ts'

const probeMs = 250
const connectMs = 1000
const longestPauseMs = 500

type Dependencies = {
  settings: Pick<SharingSettings, 'url' | 'ca' | 'timeoutMs'>
  warn: (message: string) => void
  /** what the log says when Redis stops to answer, and when it answers again */
  words?: { readonly away: string; readonly back: string }
}
const limitWords = {
  away: 'Redis (REDIS_URL) does not answer: each gateway now gives its even part of the limits',
  back: 'Redis (REDIS_URL) answers again: the gateways share their limits'
}
export type RedisValue = string | number

/** Thrown at once while Redis does not answer. */
const away = () => new Error('Redis does not answer')

/** How a gateway speaks to Redis. */
export const redisOptions = ({ ca }: Pick<SharingSettings, 'ca'>) => ({
  connectTimeout: connectMs,
  socketTimeout: connectMs,
  // A command is never kept for later and never sent twice: it may have been carried out.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (times: number) => Math.min(50 * times, longestPauseMs),
  // After a failover the old primary may still answer, but takes no writes.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  ...(ca === undefined ? {} : { tls: { ca } })
})

/**
 * Rejects after `ms`, unless the answer has arrived by then. When this process was busy for so long, the timer runs
 * before the answer is read: so there is one more look at the socket.
 */
const within = <T>(ms: number, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(away())), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })

/**
 * The connection to Redis, with a breaker: after a failure every command is refused at once, until Redis has answered a
 * probe. So a request waits for a Redis that hangs once, for `timeoutMs` at most.
 */
export const createConnection = ({ settings, warn, words = limitWords }: Dependencies) => {
  const redis = new Redis(settings.url.reveal(), redisOptions(settings))
  const hashes = new Map<string, string>()
  const listeners: (() => void)[] = []
  /** Commands by their result; a refused one was not sent. */
  const commands = { ok: 0, failed: 0, refused: 0 }
  let isOpen = false
  let wasTold = false
  let outages = 0

  redis.on('error', () => trip()) // a listener keeps the error from ending the process

  const trip = () => {
    if (isOpen) outages += 1
    isOpen = false
    if (!wasTold) warn(words.away)
    wasTold = true
  }
  const recover = () => {
    if (isOpen) return
    isOpen = true
    if (wasTold) warn(words.back)
    wasTold = false
    for (const listener of listeners) listener()
  }
  const probe = async () => {
    if (isOpen || redis.status !== 'ready') return
    try {
      await within(settings.timeoutMs, redis.ping())
      recover()
    } catch {
      // the next probe is soon
    }
  }
  const timer = setInterval(() => void probe(), probeMs)
  timer.unref()
  redis.on('ready', () => void probe())
  redis.on('close', trip)

  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!isOpen) {
      commands.refused += 1
      throw away()
    }
    try {
      const answer = await within(settings.timeoutMs, work())
      commands.ok += 1
      return answer
    } catch (error) {
      commands.failed += 1
      trip()
      throw error
    }
  }

  /** Redis forgets scripts when it starts anew. One that it does not know has done nothing, so it is sent again. */
  const evaluate = async (text: string, keys: readonly string[], values: readonly RedisValue[]): Promise<unknown> => {
    const hash = hashes.get(text) ?? createHash('sha1').update(text).digest('hex')
    hashes.set(text, hash)
    try {
      return await redis.evalsha(hash, keys.length, ...keys, ...values)
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return redis.eval(text, keys.length, ...keys, ...values)
    }
  }

  return {
    /** Runs a script. Rejects at once while Redis does not answer, and after `timeoutMs` at the latest. */
    run: (text: string, keys: readonly string[], values: readonly RedisValue[]): Promise<unknown> =>
      guarded(() => evaluate(text, keys, values)),
    isOpen: () => isOpen,
    /** How many commands were answered, failed, and were refused by the breaker. */
    commands: (): Readonly<typeof commands> => commands,
    /** How often Redis ceased to answer. */
    outages: () => outages,
    /** Calls a function each time Redis answers again, and the first time. */
    onOpen: (listener: () => void) => void listeners.push(listener),
    /** Calls a function each time the connection has ended: what answers next can be another Redis. */
    onLost: (listener: () => void) => void redis.on('close', listener),
    close: () => {
      clearInterval(timer)
      redis.removeAllListeners('close')
      redis.disconnect()
    }
  }
}

export type RedisConnection = ReturnType<typeof createConnection>
