import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { GatewayError } from '../errors.ts'

const retryAfter = 2
const sampleMs = 1000
const mega = 1024 * 1024

type Options = {
  /** the mean delay of the event loop in ms above which requests are refused; 0 = never */
  maxDelayMs: number
  /** the used heap in bytes above which requests are refused; 0 = never */
  maxHeapBytes: number
  warn: (message: string) => void
}

/**
 * Refuses requests with 503 while the process is overloaded, before their key is checked or their body is read. Routes
 * that need no key, such as health, are still served. The load is sampled once a second. The start of the gateway
 * blocks the event loop for a while, so the samples of the start are ignored.
 */
export const registerOverload = async (app: FastifyInstance, { maxDelayMs, maxHeapBytes, warn }: Options) => {
  let judgesFrom = Infinity
  app.addHook('onListen', (done) => {
    judgesFrom = performance.now() + 2 * sampleMs
    done()
  })
  await app.register(underPressure, {
    sampleInterval: sampleMs,
    maxEventLoopDelay: maxDelayMs,
    maxHeapUsedBytes: maxHeapBytes,
    pressureHandler: ({ routeOptions }, _reply, type, value = 0) => {
      if (routeOptions.config.isPublic || performance.now() < judgesFrom) return
      warn(
        type === underPressure.TYPE_HEAP_USED_BYTES
          ? `The heap holds ${Math.round(value / mega)} MB, more than MAX_HEAP_MB: requests are refused.`
          : `The event loop is ${Math.round(value)} ms late, more than MAX_EVENT_LOOP_DELAY_MS: requests are refused.`
      )
      throw new GatewayError('INTERNAL', `The gateway is overloaded; ask again in ${retryAfter} s.`, {
        status: 503,
        retryAfter
      })
    }
  })
  /** Is the process overloaded now? */
  return () => performance.now() >= judgesFrom && app.isUnderPressure()
}
