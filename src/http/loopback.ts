import type { IncomingMessage } from 'node:http'
import { BlockList } from 'node:net'

const ownAddresses = new BlockList()
ownAddresses.addSubnet('127.0.0.0', 8, 'ipv4')
ownAddresses.addAddress('::1', 'ipv6')

/** Headers in which proxies name the original client. */
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
 * Does the request come from a program on this machine? It does not if a proxy on this machine forwards it for another
 * client. It also does not if it names another host: a malicious page can use a host name that resolves to this machine
 * (DNS rebinding).
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
