import zlib from 'node:zlib'
import type { Transform } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'

// What was written must reach the reader: a compressor that gathers would keep the last lines back.
const gzip = () => zlib.createGzip({ level: 3, flush: zlib.constants.Z_SYNC_FLUSH })

/** Since Node 22.15; the types are those of Node 20. */
const newer = zlib as typeof zlib & { createZstdCompress?: (options: { flush: number }) => Transform }
const { ZSTD_e_flush: zstdFlush = 0 } = zlib.constants as { ZSTD_e_flush?: number }
const { createZstdCompress } = newer

const compressors: Readonly<Record<string, () => Transform>> = {
  ...(createZstdCompress ? { zstd: () => createZstdCompress({ flush: zstdFlush }) } : {}),
  gzip
}
const offers = [...Object.keys(compressors), 'identity']

/** A content coding that the client takes, with what makes it; `compress` is undefined where nothing is to be done. */
export type ContentEncoding = { name: string; compress: (() => Transform) | undefined }

/** The content coding that the client likes best. Throws 406 when it takes none of ours. */
export const negotiateEncoding = (request: FastifyRequest): ContentEncoding => {
  const name = request.accepts().encoding(offers)
  if (typeof name === 'string') return { name, compress: compressors[name] }
  throw new GatewayError('BAD_USER_INPUT', `Accept-Encoding must allow one of: ${offers.join(', ')}.`, {
    field: 'accept-encoding',
    allowed: offers,
    status: 406
  })
}
