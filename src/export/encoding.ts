import zlib from 'node:zlib'
import type { Transform } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'

// Each write is flushed, so that the compressor does not hold back the latest lines.
const gzip = () => zlib.createGzip({ level: 3, flush: zlib.constants.Z_SYNC_FLUSH })

/** Available since Node 22.15; the types are those of Node 20. */
const { createZstdCompress } = zlib as typeof zlib & { createZstdCompress?: (options: { flush: number }) => Transform }
const { ZSTD_e_flush: zstdFlush = 0 } = zlib.constants as { ZSTD_e_flush?: number }

const compressors: Readonly<Record<string, () => Transform>> = {
  ...(createZstdCompress ? { zstd: () => createZstdCompress({ flush: zstdFlush }) } : {}),
  gzip
}
const offers = [...Object.keys(compressors), 'identity']

/** The content coding that the client prefers; `identity` has no `compress`. Throws 406 when none is acceptable. */
export const negotiateEncoding = (request: FastifyRequest) => {
  const name = request.accepts().encoding(offers)
  if (typeof name === 'string') return { name, compress: compressors[name] }
  throw new GatewayError('BAD_USER_INPUT', `Accept-Encoding must allow one of: ${offers.join(', ')}.`, {
    field: 'accept-encoding',
    allowed: offers,
    status: 406
  })
}
