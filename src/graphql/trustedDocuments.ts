import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyBaseLogger } from 'fastify'
import { Lexer, Source, TokenKind } from 'graphql'
import type { Far } from '../cache/far.ts'
import type { Cache } from '../cache/requestCache.ts'
import { sizeOf } from '../cache/size.ts'
import { ConfigError } from '../errors.ts'
import { wrong } from './bounds.ts'
import type { Asked } from './parameters.ts'

export type Manifest = ReadonlyMap<string, string>

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The pairs of Relay's and Apollo's simple map, or of Apollo's manifest with its list of operations. */
const pairsOf = (manifest: Readonly<Record<string, unknown>>): (readonly [unknown, unknown])[] => {
  const { operations } = manifest
  return Array.isArray(operations)
    ? operations.filter(isObject).map(({ id, body }) => [id, body] as const)
    : Object.entries(manifest)
}

/** Reads TRUSTED_DOCUMENTS_FILE. Throws ConfigError when it cannot be read or is not a map of documents. */
export const loadManifest = (path: string): Manifest => {
  let given: unknown
  try {
    given = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    throw new ConfigError(['TRUSTED_DOCUMENTS_FILE names a file that cannot be read, or is not JSON'])
  }
  const pairs = isObject(given) ? pairsOf(given) : []
  const documents = pairs.flatMap(([id, text]) =>
    typeof id === 'string' && typeof text === 'string' ? [[id, text] as const] : []
  )
  if (!isObject(given) || documents.length !== pairs.length)
    throw new ConfigError(['TRUSTED_DOCUMENTS_FILE must be a JSON object of documents by their hash or id'])
  return new Map(documents)
}

type Options = {
  mode: string
  manifest?: Manifest | undefined
  containsId: (text: string) => boolean
  registered: Cache<string>
  /** the cache in which other gateways find the registered documents */
  far?: Far | undefined
  now: () => number
}

const dayMs = 86_400_000
const hashShape = /^[0-9a-f]{64}$/
const farKey = (hash: string) => `document ${hash}`

/**
 * Finds the document of a request, and decides whether it may run: a document of the manifest, a document that a client
 * has registered (Apollo's automatic persisted queries), or, unless the manifest is enforced, the text of the request.
 * Registered documents share the request cache. A document that contains an id runs but is not registered, since the id
 * can belong to a person.
 */
export const createDocuments = ({ mode, manifest = new Map(), containsId, registered, far, now }: Options) => {
  const trusted = new Set(manifest.values())

  // An id can occur in the text, or in a string that is written with escape sequences.
  const containsPersonId = (text: string): boolean => {
    if (containsId(text)) return true
    const lexer = new Lexer(new Source(text))
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance())
      if (token.value !== undefined && containsId(token.value)) return true
    return false
  }

  const idOf = ({ documentId, hash }: Pick<Asked, 'documentId' | 'hash'>) =>
    documentId?.replace(/^sha256:/, '') ?? hash ?? ''
  const register = (hash: string, text: string) => {
    registered.set(hash, text, sizeOf(text))
  }

  const learn = async (others: Far, hash: string) => {
    const found = await others.get(farKey(hash), 'constant')
    if (found && sha256(found.text) === hash && !containsPersonId(found.text)) register(hash, found.text)
  }

  const textOf = ({ query, documentId, hash }: Asked): string => {
    if (query !== undefined) {
      if (hash !== undefined && sha256(query) !== hash)
        throw wrong('extensions.persistedQuery.sha256Hash is not the SHA-256 of the query.')
      return query
    }
    const id = idOf({ documentId, hash })
    const text = manifest.get(documentId ?? id) ?? manifest.get(id) ?? registered.get(id)
    if (text !== undefined) return text
    // Apollo's protocol requires this message; its clients then send the document with its hash.
    throw wrong(
      documentId === undefined ? 'PersistedQueryNotFound' : 'No document is known by this documentId.',
      'NOT_FOUND'
    )
  }

  return {
    /** The text of the document. Throws GraphQLError when it is unknown or must not run. */
    find(asked: Asked, requestContext: { readonly log: FastifyBaseLogger }): string {
      const text = textOf(asked)
      if (asked.isOwn) return text
      if (mode === 'off' || trusted.has(text)) return text
      if (mode === 'enforce')
        throw wrong(
          'Only the documents that were registered beforehand can be asked here, and this is none of them.',
          'FORBIDDEN'
        )
      requestContext.log.warn({ document: sha256(text) }, 'a document that is not in the manifest was asked')
      return text
    },
    /** Is it a document of the gateway itself, or of the manifest? */
    isTrusted: ({ isOwn }: Asked, text: string): boolean => isOwn === true || (trusted.size > 0 && trusted.has(text)),
    /**
     * Fetches a document that was registered at another gateway; undefined if there is nothing to wait for. Call it
     * before `find`. It never rejects: a document that is not found there is unknown.
     */
    learn: (asked: Asked): Promise<void> | undefined => {
      if (!far || asked.query !== undefined || mode === 'enforce') return undefined
      const id = idOf(asked)
      if (manifest.has(asked.documentId ?? id) || manifest.has(id) || !hashShape.test(id)) return undefined
      return registered.get(id) === undefined ? learn(far, id) : undefined
    },
    /** Registers a valid document that was sent with its hash. */
    keep({ query, hash }: Asked, text: string) {
      if (query === undefined || hash === undefined || registered.get(hash) === text || containsPersonId(text)) return
      register(hash, text)
      far?.set(farKey(hash), 'constant', { text, askedAt: now(), ttlMs: dayMs })
    }
  }
}

export type Documents = ReturnType<typeof createDocuments>
