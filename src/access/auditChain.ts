import { createHmac, createSecretKey, hash as digest } from 'node:crypto'

/** The last record of a chain: its number, from 1, and its hash in hex. */
export type ChainHead = { readonly nr: number; readonly hash: string }
/** A line with its number and hash, without a line end. */
export type Sealed = ChainHead & { readonly line: string }
export type Mac = {
  readonly wijze: 'sha256' | 'hmac-sha256'
  /** identifies the key without revealing it; undefined for sha256 */
  readonly sleutel: string | undefined
  readonly of: (bytes: string | Uint8Array) => string
}

/** The head before the first record of a chain. */
export const noHead: ChainHead = { nr: 0, hash: '' }

/**
 * The function that chains records: HMAC-SHA-256 with a key, which cannot be computed without the key, or SHA-256,
 * which anybody can check.
 */
export const createMac = (key?: string): Mac => {
  if (key === undefined) return { wijze: 'sha256', sleutel: undefined, of: (bytes) => digest('sha256', bytes, 'hex') }
  const secret = createSecretKey(key, 'utf8')
  const of = (bytes: string | Uint8Array) => createHmac('sha256', secret).update(bytes).digest('hex')
  return { wijze: 'hmac-sha256', sleutel: of('vdab-gateway audit chain').slice(0, 16), of }
}

/** Adds `nr` and `hash` to a record in JSON. The hash covers the previous hash and all bytes before itself. */
export const sealRecord = ({ of }: Mac, { nr: before, hash: previous }: ChainHead, record: string): Sealed => {
  const nr = before + 1
  const body = `${record.slice(0, -1)},"nr":${nr}`
  const hash = of(previous + body)
  return { nr, hash, line: `${body},"hash":"${hash}"}` }
}

// Inside a JSON string the quotes are escaped, so only the members themselves match.
const end = /,"nr":(\d{1,15}),"hash":"([0-9a-f]{64})"\}$/

/** The number, the hash and the text before the hash of a line; undefined for a line that is not chained. */
export const unseal = (line: string): (ChainHead & { readonly body: string }) | undefined => {
  const found = end.exec(line)
  if (!found) return undefined
  const [, nr = '', hash = ''] = found
  return { nr: Number(nr), hash, body: line.slice(0, line.length - hash.length - ',"hash":""}'.length) }
}

/** A record of the audit log about itself, as JSON; its member `soort` is its kind. `time` in ms. */
export const ownRecord = (time: number, members: object): string =>
  JSON.stringify({ time: new Date(time).toISOString(), ...members })

/** The first record of a file and of a process: it states the function of the chain, and the hash that it continues. */
export const beginRecord = (time: number, { wijze, sleutel }: Mac, { hash }: ChainHead): string =>
  ownRecord(time, { soort: 'begin', wijze, sleutel, vorige: hash })
