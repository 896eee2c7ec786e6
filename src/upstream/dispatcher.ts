import { buildConnector, EnvHttpProxyAgent, Pool } from 'undici'
import type { Dispatcher } from 'undici'
import type { Config } from '../config/index.ts'
import { createIdleConnections } from './idleConnections.ts'

type Settings = Omit<Config['vdab'], 'url' | 'token'> & { url: URL }

const noIdleConnections = { keep: () => {}, close: () => {} }

/**
 * The connection pool to VDAB: keep-alive, one connection per concurrent call, TLS 1.2 or higher (upstream.md §1.7)
 * [seed], through the proxy in HTTPS_PROXY if it is set. Redirects are never followed, so the key is sent to VDAB only.
 * Without a proxy, `idleConnections.keep` opens connections in advance.
 */
export const createDispatcher = ({
  url,
  concurrency,
  spareConnections,
  connectTimeoutMs,
  headersTimeoutMs,
  bodyTimeoutMs,
  maxAnswerBytes,
  proxy
}: Settings): {
  dispatcher: Dispatcher
  idleConnections: Pick<ReturnType<typeof createIdleConnections>, 'keep' | 'close'>
} => {
  const tls = { minVersion: 'TLSv1.2' as const }
  const options = {
    connections: concurrency,
    pipelining: 1,
    keepAliveTimeout: 30_000,
    headersTimeout: headersTimeoutMs,
    bodyTimeout: bodyTimeoutMs,
    maxResponseSize: maxAnswerBytes
  }
  const connecting = { timeout: connectTimeoutMs, ...tls }
  if (url.protocol === 'https:' && proxy.https !== undefined) {
    // A proxy that accepts the connection and does not respond gets the same timeout.
    const connect = { timeout: connectTimeoutMs }
    const clientFactory = (origin: URL, given: object) =>
      new Pool(origin, { ...given, headersTimeout: connectTimeoutMs })
    const dispatcher = new EnvHttpProxyAgent({
      ...options,
      connect: connecting,
      clientFactory,
      httpsProxy: proxy.https,
      proxyTls: connect,
      requestTls: { ...tls, ...connect },
      ...(proxy.none === undefined ? {} : { noProxy: proxy.none })
    })
    return { dispatcher, idleConnections: noIdleConnections }
  }
  const idleConnections = createIdleConnections({ url, count: spareConnections, connector: buildConnector(connecting) })
  return { dispatcher: new Pool(url.origin, { ...options, connect: idleConnections.connect }), idleConnections }
}
