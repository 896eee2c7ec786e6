import type { IncomingMessage } from 'node:http'
import { bearerOf } from '../access/authenticate.ts'
import { hasTooManyHeaders } from '../http/headers.ts'

/** The headers of a request that change its answer. */
export type Head = {
  /** the credential of a header for keys; '' for none */
  key: string
  /** the credential of Authorization: Bearer; '' for none */
  bearer: string
  accept: string | undefined
  acceptEncoding: string | undefined
  ifNoneMatch: string | undefined
  requestId: string | undefined
  origin: string | undefined
  cacheControl: string | undefined
  /** changes no answer, but is part of the log line */
  traceparent: string | undefined
  /** changes no answer here, but fastify refuses a second one */
  doel: string | undefined
  type: string | undefined
  length: number
}

type Place = 'key' | 'bearer' | 'length' | 'unusual' | 'any' | Exclude<keyof Head, 'key' | 'bearer' | 'length'>

const places: Readonly<Record<string, Place>> = {
  'x-api-key': 'key',
  'x-ibm-client-id': 'key',
  authorization: 'bearer',
  accept: 'accept',
  'accept-encoding': 'acceptEncoding',
  'if-none-match': 'ifNoneMatch',
  'x-request-id': 'requestId',
  'content-type': 'type',
  'content-length': 'length',
  origin: 'origin',
  'cache-control': 'cacheControl',
  'x-doel': 'doel',
  traceparent: 'traceparent',
  // Only fastify handles these.
  'x-explain': 'unusual',
  connection: 'unusual',
  expect: 'unusual',
  upgrade: 'unusual',
  'transfer-encoding': 'unusual',
  'content-encoding': 'unusual'
}
/** A longer name is not in the table. */
const longestName = Math.max(...Object.keys(places).map((name) => name.length))
/** Clients use only a few spellings of header names. */
const maxSpellings = 500
const keepAlive = /^keep-alive$/i

/**
 * Reads the headers of a request in one pass over `rawHeaders`; Node's `headers` object takes longer to create.
 * Undefined for an unusual head: two keys, one of these headers twice, or one that only fastify handles.
 */
export const createHeadReader = () => {
  const spellings = new Map<string, Place>()
  const placeOf = (name: string): Place => {
    if (name.length > longestName) return 'any'
    const known = spellings.get(name)
    if (known !== undefined) return known
    const lower = name.toLowerCase()
    const place = Object.hasOwn(places, lower) ? (places[lower] ?? 'any') : 'any'
    if (spellings.size >= maxSpellings) spellings.clear()
    spellings.set(name, place)
    return place
  }

  return (request: Pick<IncomingMessage, 'rawHeaders'>): Head | undefined => {
    if (hasTooManyHeaders(request)) return undefined
    const { rawHeaders } = request
    // All members at once: V8 then has one shape for every order of headers.
    const head: Head = {
      key: '',
      bearer: '',
      accept: undefined,
      acceptEncoding: undefined,
      ifNoneMatch: undefined,
      requestId: undefined,
      origin: undefined,
      cacheControl: undefined,
      traceparent: undefined,
      doel: undefined,
      type: undefined,
      length: 0
    }
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = rawHeaders[index] ?? ''
      const place = placeOf(name)
      if (place === 'any') continue
      const value = rawHeaders[index + 1] ?? ''
      if (place === 'unusual') {
        if (name.length === 10 && keepAlive.test(value)) continue
        return undefined
      }
      if (place === 'key' || place === 'bearer') {
        if (head[place] !== '') return undefined
        head[place] = place === 'key' ? value.trim() : bearerOf(value)
        if (head[place] === '') return undefined
      } else if (place === 'length') head.length = Number(value)
      else if (head[place] !== undefined) return undefined
      else head[place] = value
    }
    return head
  }
}
