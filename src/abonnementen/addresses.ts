import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns'
import ipaddr from 'ipaddr.js'

/** Is this an address of the public internet? Not loopback, private, link-local (metadata services) or reserved. */
export const isPublicAddress = (address: string): boolean =>
  // `process` extracts an IPv4 address from IPv6, as in ::ffff:127.0.0.1
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast'

type Callback = (error: Error | null, address?: string | LookupAddress[], family?: number) => void

const refused = () => Object.assign(new Error('The address is not public.'), { code: 'EPRIVATE' })

/**
 * Resolves a name for a connection, and refuses it when any of its addresses is not public. The connection uses the
 * checked addresses, so a different DNS response later cannot bypass the check.
 */
export const publicLookup = (hostname: string, options: LookupOptions, callback: Callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? []
    if (error) callback(error)
    else if (!first || !addresses.every(({ address }) => isPublicAddress(address))) callback(refused())
    else if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

/** The host of a URL without the brackets of IPv6. */
const hostOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '')

/**
 * Is the host of this URL an IP address that is not public? A connection to it does no look-up, so `publicLookup` would
 * not check it.
 */
export const isPrivateLiteral = (url: URL): boolean => {
  const host = hostOf(url)
  return ipaddr.isValid(host) ? !isPublicAddress(host) : /(^|\.)localhost\.?$/i.test(host)
}

/** Is the host of this URL in the list of a consumer? An entry without a port means port 443. */
export const isListed = (url: URL, hosts: readonly string[]): boolean => {
  const host = url.hostname.toLowerCase()
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  return hosts.some((entry) => entry === `${host}:${port}` || (port === '443' && entry === host))
}
