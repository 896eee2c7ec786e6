import type { IncomingMessage } from 'node:http'
import { BlockList } from 'node:net'

const ownAddresses = new BlockList()
ownAddresses.addSubnet('127.0.0.0', 8, 'ipv4')
ownAddresses.addAddress('::1', 'ipv6')

/** Headers with which proxies say for whom they ask. */
const ofProxies = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip'
]
const ownHosts = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i

/**
 * Does the request come from a program on this machine? Not when a proxy on this machine passes it on for somebody
 * else, and not when it names another host: a page of a stranger whose name leads to this machine does that.
 */
export const isFromThisMachine = ({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean => {
  const { remoteAddress = '' } = socket
  const family = remoteAddress.includes(':') ? 'ipv6' : 'ipv4'
  return (
    remoteAddress !== '' &&
    ownAddresses.check(remoteAddress, family) &&
    !ofProxies.some((name) => headers[name] !== undefined) &&
    ownHosts.test(headers.host ?? '')
  )
}
