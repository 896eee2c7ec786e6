import { brotliCompress, constants, crc32, gzip } from 'node:zlib'
import type { Kept } from './kept.ts'

export type Encoding = 'br' | 'gzip'

/** Uses after which an answer is worth compressing, and the least number of bytes. */
const hotAfter = 3
const leastBytes = 1400
/**
 * With a head, so many bytes are written without being copied to the heap first (16 kB, StreamBase::WriteString of
 * Node's).
 */
const mostAsText = 14 * 1024
// Whoever compresses once and sends often can take time over it; more takes it from the other requests.
const brotliQuality = 5

const taken = new Map<string, readonly Encoding[]>()
/** What browsers and programs send is short and of few kinds: more, or longer, is read anew. */
const maxTaken = 200
const longestTaken = 100

/** The encodings that an Accept-Encoding header allows, what it prefers first, then in our order (RFC 9110, 12.5.3). */
const readAccepted = (header: string): readonly Encoding[] => {
  const weights = new Map(
    header.split(',').map((part) => {
      const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))
      return [name, weight === undefined ? 1 : Number(weight.slice(2))] as const
    })
  )
  const weightOf = (name: Encoding) => weights.get(name) ?? weights.get('*') ?? 0
  const asItIs = weights.get('identity') ?? 0
  return (['br', 'gzip'] as const)
    .filter((name) => weightOf(name) > 0 && weightOf(name) >= asItIs)
    .sort((a, b) => weightOf(b) - weightOf(a))
}

const accepted = (header: string): readonly Encoding[] => {
  const known = taken.get(header)
  if (known) return known
  if (header.length > longestTaken) return readAccepted(header)
  if (taken.size >= maxTaken) taken.clear()
  const read = readAccepted(header)
  taken.set(header, read)
  return read
}

/**
 * The same bytes in memory of their own: small Buffers, and what zlib gives, are slices of one that is many times as
 * large.
 */
export const alone = (bytes: Buffer): Buffer => {
  if (bytes.buffer.byteLength === bytes.length) return bytes
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(copy)
  return copy
}

/** Bytes, and once they were sent often, the same as text, each character a byte. */
type Held = { readonly bytes: Buffer; text: string | undefined }
/** A compressed form, and where a tail follows it, what its checksum begins with. */
export type Encoded = Held & { readonly checksum: number }
/**
 * What is sent: the bytes, as text too where they are few; what follows them, each character a byte; both together so
 * long, in this encoding (none: as they are).
 */
export type EncodedBytes = {
  readonly bytes: Buffer
  readonly text?: string | undefined
  readonly end: string
  readonly length: number
  readonly encoding?: Encoding | undefined
}

/**
 * A compressed stream that ends at the border of a byte can be written on. `end` writes what follows uncompressed, in
 * blocks that each format has for that: RFC 1951, 3.2.4 and RFC 1952, 2.3.1; RFC 7932, 9.2.
 */
const endings: Readonly<Record<Encoding, (written: { length: number; checksum: number }, tail: Buffer) => Buffer>> = {
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
  }
}

type Done = (error: Error | null, bytes: Buffer) => void
const compressors: Readonly<Record<Encoding, (body: Buffer, isOpen: boolean, done: Done) => void>> = {
  gzip: (body, isOpen, done) => {
    gzip(body, { finishFlush: isOpen ? constants.Z_SYNC_FLUSH : constants.Z_FINISH }, done)
  },
  br: (body, isOpen, done) => {
    const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length }
    brotliCompress(
      body,
      { params, finishFlush: isOpen ? constants.BROTLI_OPERATION_FLUSH : constants.BROTLI_OPERATION_FINISH },
      done
    )
  }
}

type Wish = {
  /** Accept-Encoding */
  header: string | undefined
  /**
   * ASCII, what follows the kept bytes; absent where they are the whole. It is there always or never for one answer.
   */
  tail: string | undefined
  grown: (bytes: number) => void
}

/** Compresses answers once they are hot, beside the requests. */
export const createEncodings = () => {
  const underWay = new WeakMap<Kept, Set<Encoding>>()

  const prepare = (kept: Kept, encoding: Encoding, { tail, grown }: Wish) => {
    const started = underWay.get(kept) ?? new Set()
    if (started.has(encoding)) return
    underWay.set(kept, started.add(encoding))
    compressors[encoding](kept.bytes, tail !== undefined, (error, bytes) => {
      if (error) return // it goes as it is
      kept.encoded.set(encoding, {
        bytes: alone(bytes),
        text: undefined,
        checksum: encoding === 'gzip' && tail !== undefined ? crc32(kept.bytes) : 0
      })
      grown(bytes.length)
    })
  }

  const encodedFor = (kept: Kept, wish: Wish): { encoding: Encoding; encoded: Encoded } | undefined => {
    if (wish.header === undefined || kept.bytes.length < leastBytes) return undefined
    const [encoding] = accepted(wish.header)
    if (encoding === undefined) return undefined
    const encoded = kept.encoded.get(encoding)
    if (encoded) return { encoding, encoded }
    if (kept.hits >= hotAfter) prepare(kept, encoding, wish)
    return undefined
  }

  const textOf = (held: Held, { hits }: Kept, grown: Wish['grown']): string | undefined => {
    if (held.text === undefined && hits > 1 && held.bytes.length <= mostAsText) {
      held.text = held.bytes.toString('latin1')
      grown(held.bytes.length)
    }
    return held.text
  }

  return {
    /** Which bytes to send. */
    choose(kept: Kept, wish: Wish): EncodedBytes {
      const { tail = '', grown } = wish
      const found = encodedFor(kept, wish)
      if (!found)
        return {
          bytes: kept.bytes,
          text: textOf(kept, kept, grown),
          end: tail,
          length: kept.bytes.length + tail.length,
          encoding: undefined
        }
      const { encoding, encoded } = found
      const { bytes, checksum } = encoded
      const end =
        tail === ''
          ? ''
          : endings[encoding]({ length: kept.bytes.length, checksum }, Buffer.from(tail, 'latin1')).toString('latin1')
      return { bytes, text: textOf(encoded, kept, grown), end, length: bytes.length + end.length, encoding }
    }
  }
}
