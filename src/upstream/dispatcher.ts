import { EnvHttpProxyAgent, Pool } from 'undici'
import type { Dispatcher } from 'undici'
import type { Config } from '../config.ts'

type Settings = Config['vdab'] & { url: URL }

/**
 * The connections to VDAB: kept alive, as many as calls may run at once, TLS 1.2 or higher (upstream.md §1.7) [seed],
 * through the company's proxy where HTTPS_PROXY names one. Redirects are never followed, so the key stays with VDAB.
 */
export const createDispatcher = ({ url, concurrency, connectTimeoutMs, headersTimeoutMs, bodyTimeoutMs, maxAnswerBytes, proxy }: Settings): Dispatcher => {
  const tls = { minVersion: 'TLSv1.2' as const }
  const options = {
    connections: concurrency,
    pipelining: 1,
    keepAliveTimeout: 30_000,
    headersTimeout: headersTimeoutMs,
    bodyTimeout: bodyTimeoutMs,
    maxResponseSize: maxAnswerBytes,
    connect: { timeout: connectTimeoutMs, ...tls }
  }
  if (url.protocol === 'https:' && proxy.https !== undefined) {
    // A proxy that takes the connection and then says nothing is held to the same times.
    const connect = { timeout: connectTimeoutMs }
    const clientFactory = (origin: URL, given: object) => new Pool(origin, { ...given, headersTimeout: connectTimeoutMs })
    return new EnvHttpProxyAgent({ ...options, clientFactory, httpsProxy: proxy.https, proxyTls: connect, requestTls: { ...tls, ...connect }, ...(proxy.none === undefined ? {} : { noProxy: proxy.none }) })
  }
  return new Pool(url.origin, options)
}
