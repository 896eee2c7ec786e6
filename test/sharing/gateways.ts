import type { Test } from 'tap'
import { build, type Built } from '../helper.ts'
import type { startRedis } from './redis.ts'

export const secret = 'a-secret-of-thirty-two-characters'

/** Yields to the event loop until a condition holds. */
export const until = async (holds: () => Promise<boolean> | boolean) => {
  while (!(await holds())) await new Promise(setImmediate)
}

/** Does this gateway reach Redis? */
export const isJoined = async ({ url }: Built) => {
  const { sharing } = (await (await fetch(`${url}/health/ready`)).json()) as { sharing: { isReachable: boolean } }
  return sharing.isReachable
}

type Options = { env?: Record<string, string>; count?: number; now?: () => number }

/** Gateways in front of one VDAB: the simulator of the first gateway. */
export const overOneVdab = async (t: Test, { env = {}, count = 3, now }: Options) => {
  const started: Built[] = []
  let vdab: string | undefined
  for (let at = 0; at < count; at += 1)
    started.push(
      await build(t, {
        env: { REDIS_SECRET: secret, REFUSAL_DELAY_MS: '0', ...env },
        between: (base) => Promise.resolve((vdab ??= base)),
        ...(now ? { now } : {})
      })
    )
  return started
}

/** Gateways that share a Redis and a VDAB. */
export const gateways = async (
  t: Test,
  redis: Awaited<ReturnType<typeof startRedis>>,
  { env = {}, count = 3, ...rest }: Options = {}
) => {
  // All gateways of a test share one event loop, so an answer of Redis can be late.
  const late = { REDIS_TIMEOUT_MS: '500' }
  const shared = { REDIS_URL: redis.url, REDIS_MEMBERS: String(count), ...late, ...env }
  const started = await overOneVdab(t, { ...rest, count, env: shared })
  for (const one of started) await until(() => isJoined(one))
  return started
}
