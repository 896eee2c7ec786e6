import type { Reader } from './reader.ts'

/** How often the change feeds are polled: not at all, or no faster than five times a second. */
const readInterval = (read: Reader, problems: string[]): number => {
  const intervalMs = read.integer('FEED_INTERVAL_MS', 60_000, { min: 0, max: 3_600_000 })
  if (intervalMs > 0 && intervalMs < 200) problems.push('FEED_INTERVAL_MS must be 0 (off), or 200 at least')
  return intervalMs
}

/** Connections that stay open; the maxima are those of one consumer. */
export const readLive = (read: Reader) => ({
  maxConnections: read.integer('LIVE_MAX_CONNECTIONS', 100, { min: 1, max: 100_000 }),
  maxSubscriptions: read.integer('LIVE_MAX_SUBSCRIPTIONS', 200, { min: 1, max: 100_000 }),
  maxOperations: read.integer('LIVE_MAX_OPERATIONS', 50, { min: 1, max: 10_000 }),
  initTimeoutMs: read.integer('LIVE_INIT_TIMEOUT_MS', 3000, { min: 10, max: 60_000 })
})

/** How VDAB's change feeds are followed. */
export const readFeed = (read: Reader, problems: string[]) => ({
  /** 0 = VDAB's change feeds are not followed */
  intervalMs: readInterval(read, problems),
  overlapMs: read.integer('FEED_OVERLAP_MS', 60_000, { min: 0, max: 3_600_000 }),
  skewMs: read.integer('FEED_SKEW_MS', 1000, { min: 0, max: 60_000 }),
  cursorFile: read.text('FEED_CURSOR_FILE')
})

/** Streams of server-sent events. */
export const readStream = (read: Reader) => ({
  heartbeatMs: read.integer('STREAM_HEARTBEAT_MS', 15_000, { min: 50, max: 50_000 }),
  maxBytes: read.integer('STREAM_MAX_KB', 2048, { min: 16, max: 65_536 }) * 1024,
  perConsumer: read.integer('STREAMS_PER_CONSUMER', 20, { min: 1, max: 100_000 })
})

/** Full copies, which are streams too. */
export const readCopies = (read: Reader) => ({
  callsPerMinute: read.integer('EXPORT_CALLS_PER_MINUTE', 600, { min: 1, max: 100_000 }),
  tries: read.integer('EXPORT_TRIES', 5, { min: 1, max: 20 }),
  max: read.integer('EXPORT_MAX', 4, { min: 1, max: 100 }),
  maxPerConsumer: read.integer('EXPORT_MAX_PER_CONSUMER', 2, { min: 1, max: 100 }),
  stallMs: read.integer('EXPORT_STALL_MS', 30_000, { min: 100, max: 600_000 })
})
