import { createHash } from 'node:crypto'
import { Redis } from 'ioredis'
import type { SharingSettings } from '../../config/sharing.ts'

const probeMs = 250
const connectMs = 1000
const longestPauseMs = 500

type Dependencies = {
  settings: Pick<SharingSettings, 'url' | 'ca' | 'timeoutMs'>
  warn: (message: string) => void
  /** the log messages for the loss and the return of Redis */
  words?: { readonly lost: string; readonly restored: string }
}
const limitWords = {
  lost: 'Redis (REDIS_URL) does not answer: each gateway now gives its even part of the limits',
  restored: 'Redis (REDIS_URL) answers again: the gateways share their limits'
}
export type RedisValue = string | number

/** Thrown at once while Redis does not respond. */
const unavailable = () => new Error('Redis does not answer')

/** The connection options for Redis. */
export const redisOptions = ({ ca }: Pick<SharingSettings, 'ca'>) => ({
  connectTimeout: connectMs,
  socketTimeout: connectMs,
  // A command is never queued for later and never sent twice: it may have been carried out.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (times: number) => Math.min(50 * times, longestPauseMs),
  // After a failover the old primary may still respond, but it accepts no writes.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  ...(ca === undefined ? {} : { tls: { ca } })
})

/**
 * Rejects after `ms`, unless the response has arrived by then. After a long block of the event loop, the timer fires
 * before the response is read. So the socket is checked once more before the rejection.
 */
const within = <T>(ms: number, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(unavailable())), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })

/**
 * The connection to Redis, with a circuit breaker: after a failure every command is refused at once, until Redis has
 * answered a probe. So only the first requests wait for a Redis that hangs, for `timeoutMs` at most.
 */
export const createConnection = ({ settings, warn, words = limitWords }: Dependencies) => {
  const redis = new Redis(settings.url.reveal(), redisOptions(settings))
  const hashes = new Map<string, string>()
  const listeners: (() => void)[] = []
  /** Commands by their result; a refused command was not sent. */
  const commands = { ok: 0, failed: 0, refused: 0 }
  let isOpen = false
  let isLossLogged = false
  let outages = 0

  redis.on('error', () => trip()) // without a listener the error would end the process

  const trip = () => {
    if (isOpen) outages += 1
    isOpen = false
    if (!isLossLogged) warn(words.lost)
    isLossLogged = true
  }
  const recover = () => {
    if (isOpen) return
    isOpen = true
    if (isLossLogged) warn(words.restored)
    isLossLogged = false
    for (const listener of listeners) listener()
  }
  const probe = async () => {
    if (isOpen || redis.status !== 'ready') return
    try {
      await within(settings.timeoutMs, redis.ping())
      recover()
    } catch {
      // the next probe follows soon
    }
  }
  const timer = setInterval(() => void probe(), probeMs)
  timer.unref()
  redis.on('ready', () => void probe())
  redis.on('close', trip)

  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!isOpen) {
      commands.refused += 1
      throw unavailable()
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

  /**
   * Redis loses its scripts when it restarts. A script that Redis does not know has had no effect, so it is sent again.
   */
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
    /** Runs a script. Rejects at once while Redis does not respond, and otherwise after `timeoutMs` at the latest. */
    run: (text: string, keys: readonly string[], values: readonly RedisValue[]): Promise<unknown> =>
      guarded(() => evaluate(text, keys, values)),
    isOpen: () => isOpen,
    /** The numbers of commands that succeeded, failed, and were refused by the breaker. */
    commands: (): Readonly<typeof commands> => commands,
    /** The number of times that Redis stopped responding. */
    outages: () => outages,
    /** Calls a function each time Redis responds again, and the first time. */
    onOpen: (listener: () => void) => void listeners.push(listener),
    /** Calls a function each time the connection has ended: the next connection can reach another Redis. */
    onLost: (listener: () => void) => void redis.on('close', listener),
    close: () => {
      clearInterval(timer)
      redis.removeAllListeners('close')
      redis.disconnect()
    }
  }
}

export type RedisConnection = ReturnType<typeof createConnection>
