import { setTimeout } from 'node:timers/promises'
import type { TraceSettings } from '../../config/traces.ts'
import { createCallSpans } from './calls.ts'
import { createOperationSpans } from './operations.ts'
import { createRequestSpans } from './requests.ts'
import { startSdk } from './sdk.ts'
import { createSpans } from './spans.ts'

type Options = {
  settings: TraceSettings
  version: string
  /** does VDAB receive a `traceparent`? */
  sendsTraceparent: boolean
  /** the maximum time for the last spans at the stop, in ms */
  flushMs: number
  warn: (message: string) => void
}

/**
 * The traces of one gateway: spans of its requests, operations and calls to VDAB, sent over OTLP. This module loads
 * OpenTelemetry's SDK, so it is imported only when traces are on.
 */
export const createTraces = ({ settings, version, sendsTraceparent, flushMs, warn }: Options) => {
  const sdk = startSdk({ settings, version, warn })
  const spans = createSpans(sdk, settings.continues)
  return {
    request: createRequestSpans(spans),
    operation: createOperationSpans(spans),
    call: createCallSpans({ spans, sendsTraceparent }),
    /** Sends the remaining spans, with a timeout: a collector that hangs must not delay the stop. */
    close: async () => {
      const over = setTimeout(flushMs, undefined, { ref: false })
      await Promise.race([sdk.shutdown().catch(() => undefined), over])
    }
  }
}

export type Traces = ReturnType<typeof createTraces>
