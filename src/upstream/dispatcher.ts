import { buildConnector, EnvHttpProxyAgent, Pool } from 'undici'
import type { Dispatcher } from 'undici'
import type { Config } from '../config/index.ts'
import { createIdleConnections } from './idleConnections.ts'

type Settings = Config['vdab'] & { url: URL }

const noSpares = { keep: () => {}, close: () => {} }

/**
 * The connections to VDAB: kept alive, as many as calls may run at once, TLS 1.2 or higher (upstream.md §1.7) [seed],
 * through the company's proxy where HTTPS_PROXY names one. Redirects are never followed, so the key stays with VDAB.
 * Once its spares are kept, some stand open before a call needs them; none do behind a proxy.
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
    // A proxy that takes the connection and then says nothing is held to the same times.
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
    return { dispatcher, idleConnections: noSpares }
  }
  const idleConnections = createIdleConnections({ url, count: spareConnections, connector: buildConnector(connecting) })
  return { dispatcher: new Pool(url.origin, { ...options, connect: idleConnections.connect }), idleConnections }
}
