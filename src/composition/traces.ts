import type { Config } from '../config/index.ts'
import { version } from '../http/version.ts'
import type { Traces } from '../telemetry/traces/index.ts'

const longestFlushMs = 3000

/** Starts the traces if they are on; only then is OpenTelemetry's SDK loaded. */
export const startTraces = async (
  { traces: settings, vdab, shutdownMs }: Config,
  warn: (message: string) => void
): Promise<Traces | undefined> => {
  if (settings === undefined) return undefined
  const { createTraces } = await import('../telemetry/traces/index.ts')
  const flushMs = Math.min(longestFlushMs, shutdownMs / 3)
  return createTraces({
    settings,
    version: version ?? 'unknown',
    sendsTraceparent: vdab.sendsTraceparent,
    flushMs,
    warn
  })
}
