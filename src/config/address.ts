import type { Reader } from './reader.ts'

const defaultUrl = 'https://api.vdab.be/services'

/** Hosts of this machine itself. */
export const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

const readUrl = (given: string, problems: string[]): URL | undefined => {
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol))
    problems.push(`VDAB_URL must be "simulator" or an https:// address such as ${defaultUrl}`)
  else if (url.protocol === 'http:' && !loopback.has(url.hostname))
    problems.push('VDAB_URL must be https://; http:// is only for this machine itself (loopback)')
  else if (url.username || url.password || url.search || url.hash)
    problems.push('VDAB_URL must not hold credentials, a query or a fragment')
  else return url
  return undefined
}

const isProxy = (given: string) =>
  URL.canParse(given) && ['http:', 'https:'].includes(new URL(given).protocol) && new URL(given).hostname !== ''

/** VDAB's address and key; no address = the embedded simulator. */
export const readAddress = (read: Reader, problems: string[], isProduction: boolean) => {
  const key = read.secret('VDAB_API_KEY')
  const given = read.text('VDAB_URL') ?? (key === undefined ? undefined : defaultUrl)
  const onSimulator = (given ?? 'simulator') === 'simulator'
  const url = onSimulator ? undefined : readUrl(given ?? '', problems)
  if (isProduction && given === undefined)
    problems.push(
      'VDAB_URL is missing: with NODE_ENV=production the simulator must be asked for by name (VDAB_URL=simulator)'
    )
  if (!onSimulator && key === undefined)
    problems.push(
      'VDAB_API_KEY (or VDAB_API_KEY_FILE) is missing: VDAB_URL is set, and VDAB answers nobody without a key'
    )
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    problems.push('VDAB_API_KEY must be visible ASCII without spaces')
  return { url, key }
}

/** The proxy by which VDAB is reached; undefined = none. */
export const readProxy = (read: Reader, problems: string[]): string | undefined => {
  const httpsProxy = read.secret('HTTPS_PROXY') ?? read.text('https_proxy')
  if (httpsProxy !== undefined && !isProxy(httpsProxy))
    problems.push('HTTPS_PROXY must be an http:// or https:// address')
  return httpsProxy
}
