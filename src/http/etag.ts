import { hash } from 'node:crypto'
import type { Encoding } from './contentCoding.ts'

/** The opaque part of the tag of a body: 132 bits of its SHA-256. */
export const tagOf = (body: string | Buffer): string => hash('sha256', body, 'base64url').slice(0, 22)

/**
 * The strong ETag of a body in an encoding: each encoding has different bytes, and so a different tag (RFC 9110,
 * 8.8.3.3).
 */
export const etagOf = (tag: string, encoding?: Encoding): string =>
  encoding === undefined ? `"${tag}"` : `"${tag}-${encoding}"`

const listed = /"([^"]*)"/g

/**
 * Does If-None-Match contain the tag of this body, in any encoding (RFC 9110, 13.1.2: weak comparison, a list, or `*`)?
 * A client with the body in any encoding has the content.
 */
export const isUnmodified = (header: string | undefined, tag: string | undefined): boolean => {
  if (header === undefined || tag === undefined) return false
  if (header.trim() === '*') return true
  for (const [, own = ''] of header.matchAll(listed))
    if (own === tag || (own.startsWith(tag) && /^-[a-z]+$/.test(own.slice(tag.length)))) return true
  return false
}
