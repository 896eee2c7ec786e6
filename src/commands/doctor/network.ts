import { lookup } from 'node:dns/promises'
import { connect as connectTcp, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { findingsOf, type DoctorFinding } from './findings.ts'

const { ok, warning, error } = findingsOf('network')
const day = 86_400_000
const warnDays = 14

type Reach = {
  /** the setting that contains the address */
  readonly setting: string
  readonly url: URL
  /** the proxy that is used for it */
  readonly proxy: URL | undefined
  /** ms for each step */
  readonly timeoutMs: number
}

const codeOf = (reason: unknown): string =>
  reason instanceof Error && 'code' in reason && typeof reason.code === 'string' ? reason.code : 'no answer'

/** Rejects with the code ETIMEDOUT after `ms`. */
const within = async <T>(ms: number, work: Promise<T>): Promise<T> => {
  const stop = new AbortController()
  const late = delay(ms, undefined, { signal: stop.signal }).then(() => {
    throw Object.assign(new Error('too late'), { code: 'ETIMEDOUT' })
  })
  try {
    return await Promise.race([work, late])
  } finally {
    stop.abort()
    late.catch(() => undefined) // it was aborted, or the race reports its error
  }
}

/** Opens a connection and closes it; with TLS, resolves to the number of days for which the certificate is valid. */
const handshake = (url: URL, timeoutMs: number): Promise<number | undefined> => {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isTls = url.protocol === 'https:'
  const port = Number(url.port) || (isTls ? 443 : 80)
  let socket: Socket | undefined
  const open = new Promise<number | undefined>((resolve, reject) => {
    if (!isTls) socket = connectTcp({ host, port }, () => resolve(undefined))
    else {
      const tls = connectTls({ host, port, servername: host, minVersion: 'TLSv1.2' }, () =>
        resolve((Date.parse(tls.getPeerCertificate().valid_to) - Date.now()) / day)
      )
      socket = tls
    }
    socket.once('error', reject)
  })
  return within(timeoutMs, open).finally(() => socket?.destroy())
}

const todoOf = (code: string, setting: string): string => {
  if (/CERT|SELF_SIGNED|ISSUER|ALTNAME/.test(code))
    return 'The certificate is not trusted. Name the authority of your network in NODE_EXTRA_CA_CERTS; check the host.'
  if (/SSL|EPROTO/.test(code)) return 'The other side does not speak TLS 1.2 or newer. Check the port and the proxy.'
  return `Check ${setting} and the firewall; behind a proxy, set HTTPS_PROXY.`
}

/** Name, connection and certificate of an address, or of the proxy in front of it. Takes at most twice `timeoutMs`. */
export const examineReach = async ({ setting, url, proxy, timeoutMs }: Reach): Promise<readonly DoctorFinding[]> => {
  const target = proxy ?? url
  const by = proxy ? 'HTTPS_PROXY' : setting
  const host = target.hostname.replace(/^\[|\]$/g, '')
  try {
    await within(timeoutMs, lookup(host))
  } catch (reason) {
    return [
      error(
        `the name ${host} of ${by} has no address (${codeOf(reason)})`,
        `Check the spelling of ${by}, and the name server.`
      )
    ]
  }
  try {
    const validDays = await handshake(target, timeoutMs)
    const reached = `${by} (${host}) can be reached`
    if (validDays === undefined || validDays > warnDays) return [ok(reached)]
    return [
      warning(
        `${reached}, but its certificate ends in ${Math.floor(validDays)} days`,
        'Tell those who run that address.'
      )
    ]
  } catch (reason) {
    const code = codeOf(reason)
    return [error(`no connection to ${host} of ${by} (${code})`, todoOf(code, by))]
  }
}
