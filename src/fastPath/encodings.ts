import { crc32 } from 'node:zlib'
import { choiceOf, compress as compressBody, minBytes } from '../http/contentCoding.ts'
import type { Encoding } from '../http/contentCoding.ts'
import type { CachedAnswer } from './answerCache.ts'

/** The number of uses after which an answer is compressed. */
const hotAfter = 3

/** The same bytes without unused memory: small Buffers, and those from zlib, are slices of larger ones. */
export const compact = (bytes: Buffer): Buffer => {
  if (bytes.buffer.byteLength === bytes.length) return bytes
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(copy)
  return copy
}

/** A compressed form, and the checksum of its content if an end follows. */
export type Encoded = { readonly bytes: Buffer; readonly checksum: number }
/** The body of a response: bytes; the text that follows; length and encoding of both. */
export type EncodedBytes = {
  readonly bytes: Buffer
  readonly end: string
  readonly length: number
  readonly encoding?: Encoding | undefined
}

/**
 * A compressed stream that was flushed to a byte boundary can be continued. These functions write the end of a response
 * uncompressed, in the block type of each format for that: RFC 1951, 3.2.4 and RFC 1952, 2.3.1; RFC 7932, 9.2; RFC
 * 8878, 3.1.1.2.
 */
const endings: Readonly<Record<Encoding, (start: { length: number; checksum: number }, tail: Buffer) => Buffer>> = {
  gzip: ({ length, checksum }, tail) => {
    const end = Buffer.allocUnsafe(5 + tail.length + 8)
    end.writeUInt8(1, 0)
    end.writeUInt16LE(tail.length, 1)
    end.writeUInt16LE(tail.length ^ 0xffff, 3)
    tail.copy(end, 5)
    end.writeUInt32LE(crc32(tail, checksum), 5 + tail.length)
    end.writeUInt32LE((length + tail.length) % 2 ** 32, 9 + tail.length)
    return end
  },
  br: (_, tail) => {
    const end = Buffer.allocUnsafe(3 + tail.length + 1)
    const size = tail.length - 1
    end.writeUIntLE((size << 3) | 0x80000, 0, 3) // ISLAST 0, MNIBBLES 0 (four), MLEN - 1, ISUNCOMPRESSED 1
    tail.copy(end, 3)
    end.writeUInt8(3, 3 + tail.length) // ISLAST 1, ISLASTEMPTY 1
    return end
  },
  zstd: (_, tail) => {
    const end = Buffer.allocUnsafe(3 + tail.length)
    end.writeUIntLE((tail.length << 3) | 1, 0, 3) // Last_Block 1, Block_Type Raw_Block
    tail.copy(end, 3)
    return end
  }
}

/** An encoding; the end is either compressed with the body (`whole`) or appended to it. */
export type EncodedForm = Encoding | `${Encoding} whole`
const formOf = (encoding: Encoding, isFixed: boolean): EncodedForm => (isFixed ? `${encoding} whole` : encoding)

type Options = {
  acceptEncoding: string | undefined
  /** ASCII that follows the stored bytes */
  tail: string | undefined
  /** is the tail the same each time, so that it is compressed with the body? */
  isFixed: boolean
  /** called with the size of additionally stored bytes */
  grown: (bytes: number) => void
}

/** Compresses answers asynchronously once they are hot. */
export const createEncodings = () => {
  const started = new WeakMap<CachedAnswer, Set<EncodedForm>>()

  const compress = (cached: CachedAnswer, encoding: Encoding, { tail = '', isFixed, grown }: Options) => {
    const form = formOf(encoding, isFixed)
    const forms = started.get(cached) ?? new Set()
    if (forms.has(form)) return
    started.set(cached, forms.add(form))
    const hasEnd = !isFixed && tail !== ''
    const body = isFixed && tail !== '' ? Buffer.concat([cached.bytes, Buffer.from(tail, 'latin1')]) : cached.bytes
    compressBody(encoding, body, hasEnd, (error, bytes) => {
      if (error) return // the answer stays uncompressed
      const checksum = encoding === 'gzip' && hasEnd ? crc32(cached.bytes) : 0
      cached.encoded.set(form, { bytes: compact(bytes), checksum })
      grown(bytes.length)
    })
  }

  /** The encoding to send, if the answer is available in it. */
  const availableEncoding = (cached: CachedAnswer, options: Options): Encoding | undefined => {
    if (options.acceptEncoding === undefined || cached.bytes.length < minBytes) return undefined
    const { encoding } = choiceOf(options.acceptEncoding)
    if (encoding === undefined || cached.encoded.has(formOf(encoding, options.isFixed))) return encoding
    if (cached.hits >= hotAfter) compress(cached, encoding, options)
    return undefined
  }

  return {
    /** The body to send. */
    choose(cached: CachedAnswer, options: Options): EncodedBytes {
      const { tail = '', isFixed } = options
      const encoding = availableEncoding(cached, options)
      const encoded = encoding && cached.encoded.get(formOf(encoding, isFixed))
      if (encoding === undefined || encoded === undefined) {
        const length = cached.bytes.length + tail.length
        return { bytes: cached.bytes, end: tail, length, encoding: undefined }
      }
      const { bytes, checksum } = encoded
      const start = { length: cached.bytes.length, checksum }
      const end = tail === '' || isFixed ? '' : endings[encoding](start, Buffer.from(tail, 'latin1')).toString('latin1')
      return { bytes, end, length: bytes.length + end.length, encoding }
    }
  }
}
