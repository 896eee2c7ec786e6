import zlib from 'node:zlib'

/** The content codings of responses. */
export type Encoding = 'br' | 'zstd' | 'gzip'

/** Compression does not pay off for a shorter body. */
export const minBytes = 1024
/** A higher quality takes too much CPU time from other requests. */
const brotliQuality = 5

type Done = (error: Error | null, bytes: Buffer) => void
type ZstdOptions = { finishFlush: number }
/** Available since Node 22.15; the types are those of Node 20. */
const { zstdCompress } = zlib as typeof zlib & {
  zstdCompress?: (body: Buffer, options: ZstdOptions, done: Done) => void
}
const { ZSTD_e_flush: zstdFlush = 0, ZSTD_e_end: zstdEnd = 0 } = zlib.constants as Readonly<Record<string, number>>
const { constants } = zlib

/**
 * The compressors of this Node, the preferred one first; each always produces the same bytes for the same body. With
 * `hasEnd` the stream is flushed to a byte boundary but not finished, so that an end can follow.
 */
const compressors: Readonly<Partial<Record<Encoding, (body: Buffer, hasEnd: boolean, done: Done) => void>>> = {
  br: (body, hasEnd, done) => {
    const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length }
    const finishFlush = hasEnd ? constants.BROTLI_OPERATION_FLUSH : constants.BROTLI_OPERATION_FINISH
    zlib.brotliCompress(body, { params, finishFlush }, done)
  },
  ...(zstdCompress && {
    zstd: (body, hasEnd, done) => {
      zstdCompress(body, { finishFlush: hasEnd ? zstdFlush : zstdEnd }, done)
    }
  }),
  gzip: (body, hasEnd, done) => {
    zlib.gzip(body, { finishFlush: hasEnd ? constants.Z_SYNC_FLUSH : constants.Z_FINISH }, done)
  }
}
/** The codings that this Node can write, the preferred one first. */
export const encodings = Object.keys(compressors) as readonly Encoding[] // the keys of the table

/** Compresses a body asynchronously. */
export const compress = (encoding: Encoding, body: Buffer, hasEnd: boolean, done: Done) => {
  compressors[encoding]?.(body, hasEnd, done)
}

type Choice = { readonly encoding: Encoding | undefined; readonly allowsIdentity: boolean }

const read = (header: string): Choice => {
  const weights = new Map(
    header.split(',').map((part) => {
      const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))
      return [name, weight === undefined ? 1 : Number(weight.slice(2))] as const
    })
  )
  const weightOf = (name: Encoding) => weights.get(name) ?? weights.get('*') ?? 0
  const identity = weights.get('identity')
  const [encoding] = encodings
    .filter((name) => weightOf(name) > 0 && weightOf(name) >= (identity ?? 0))
    .sort((a, b) => weightOf(b) - weightOf(a))
  return { encoding, allowsIdentity: (identity ?? weights.get('*') ?? 1) > 0 }
}

/** Clients send few different values. */
const maxKnown = 200
const known = new Map<string, Choice>()

/**
 * The preference of an Accept-Encoding header (RFC 9110, 12.5.3): the preferred coding, or the first of `encodings`
 * among equal ones, and whether a body without a coding is acceptable.
 */
export const choiceOf = (header: string | undefined): Choice => {
  const value = header ?? ''
  const found = known.get(value)
  if (found) return found
  const choice = read(value)
  if (known.size >= maxKnown) known.clear()
  known.set(value, choice)
  return choice
}
