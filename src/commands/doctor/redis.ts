import { Redis } from 'ioredis'
import type { SharingSettings } from '../../config/sharing.ts'
import { isLoopback } from '../../config/settings.ts'
import { redisOptions } from '../../sharing/redis/connection.ts'
import { findingsOf, type DoctorFinding } from './findings.ts'

const { ok, warning, error } = findingsOf('redis')
const how = 'See docs/how-to/run-several-replicas.md.'
const leastVersion = 7
const maxSkewMs = 2000

/** Runs each kind of command that the gateway's scripts use on one key, and deletes the key. */
const probe = `
local time = redis.call('TIME')
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'field', 1)
redis.call('PEXPIRE', KEYS[1], 1000)
redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
redis.call('ZADD', KEYS[1], 1, 'member')
redis.call('DEL', KEYS[1])
redis.call('XADD', KEYS[1], '*', 'field', 1)
redis.call('DEL', KEYS[1])
return time
`

/** The code of an error, or the first word of Redis' message; the rest can contain names and addresses. */
const reasonOf = (reason: unknown): string => {
  if (!(reason instanceof Error)) return 'no answer'
  if ('code' in reason && typeof reason.code === 'string') return reason.code
  return /^[A-Z]{3,}\b/.exec(reason.message)?.[0] ?? 'no answer'
}
const todoOf = (reason: string): string => {
  if (/^(WRONGPASS|NOAUTH|NOPERM)$/.test(reason)) return `Check user and password in REDIS_URL. ${how}`
  if (/CERT|SELF_SIGNED|ISSUER|ALTNAME/.test(reason)) return 'Name the authority of the certificate in REDIS_CA_FILE.'
  return 'Check REDIS_URL, the firewall, and whether Redis runs and speaks TLS (rediss://) or not (redis://).'
}

const ofAddress = (url: URL): DoctorFinding => {
  if (url.protocol === 'rediss:') return ok('the connection is encrypted (rediss://)')
  return isLoopback(url)
    ? ok('the connection stays on this machine, without TLS')
    : warning(
        'the connection is not encrypted: the password of REDIS_URL and the counts cross the network in clear',
        `Use rediss:// and REDIS_CA_FILE, or a network that others cannot read. ${how}`
      )
}

const ofInfo = (info: string): readonly DoctorFinding[] => {
  const of = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1]
  const [version, policy] = [of('redis_version'), of('maxmemory_policy')]
  const isOld = version !== undefined && Number.parseInt(version, 10) < leastVersion
  return [
    ...(version === undefined
      ? [warning('Redis does not tell its version', `Allow the user +info. ${how}`)]
      : isOld
        ? [error(`Redis ${version} is older than ${leastVersion}`, `Use Redis ${leastVersion} or newer, or Valkey.`)]
        : [ok(`Redis ${version} is new enough`)]),
    ...(policy === undefined || policy === 'noeviction'
      ? []
      : [
          error(
            `Redis may evict the counts (maxmemory-policy ${policy}), so that limits are exceeded`,
            'Set maxmemory-policy to noeviction, and use another Redis for caches.'
          )
        ])
  ]
}

const ofClock = (aheadMs: number): DoctorFinding => {
  if (Math.abs(aheadMs) <= maxSkewMs) return ok(`the clocks of this machine and of Redis agree within 2 s`)
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  return warning(
    `the clock of this machine is ${seconds} s ${aheadMs > 0 ? 'behind' : 'ahead of'} that of Redis`,
    'Synchronise both by NTP: the day of CVs is that of each gateway.'
  )
}

/** Runs the probe in the same way as the gateway runs its scripts, and compares the clocks. */
const ofScripts = async (redis: Redis, prefix: string): Promise<readonly DoctorFinding[]> => {
  const since = Date.now()
  try {
    const [seconds, micros] = (await redis.eval(probe, 1, `${prefix}doctor`)) as [string, string] // two values
    const aheadMs = Number(seconds) * 1000 + Number(micros) / 1000 - (since + Date.now()) / 2
    return [ok('the user of REDIS_URL may run the scripts on the keys below REDIS_PREFIX'), ofClock(aheadMs)]
  } catch (reason) {
    return [
      error(
        `the scripts cannot run on the keys below REDIS_PREFIX (${reasonOf(reason)})`,
        `Redis must be a primary, and its user must have the rights. ${how}`
      )
    ]
  }
}

/**
 * Can the gateways share their limits through this Redis? Opens one connection, waits at most `timeoutMs` for each
 * response, and leaves no key.
 */
export const examineRedis = async (settings: SharingSettings, timeoutMs: number): Promise<readonly DoctorFinding[]> => {
  const { url, prefix } = settings
  const redis = new Redis(url.reveal(), {
    ...redisOptions(settings),
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    retryStrategy: () => null,
    lazyConnect: true
  })
  let cause: unknown
  redis.on('error', (reason) => {
    cause ??= reason
  })
  const findings = [ok('REDIS_SECRET is set'), ofAddress(new URL(url.reveal()))]
  try {
    await redis.connect()
    await redis.ping()
  } catch (reason) {
    const code = reasonOf(cause ?? reason)
    redis.disconnect()
    return [...findings, error(`no answer from the Redis of REDIS_URL (${code})`, todoOf(code))]
  }
  const info = await redis.info().catch(() => '') // the user may lack the permission
  const all = [...findings, ok('Redis (REDIS_URL) answers'), ...ofInfo(info), ...(await ofScripts(redis, prefix))]
  redis.disconnect()
  return all
}
