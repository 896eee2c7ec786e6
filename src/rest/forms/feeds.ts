import { hash } from 'node:crypto'
import { Feed, type Item } from 'feed'
import { isJsonObject } from '../../formats/exactJson.ts'
import { isDay } from '../../formats/rfc3339.ts'
import { fillTemplate } from '../../formats/urlTemplate.ts'
import type { Form, FormInput } from './form.ts'

/** The fields of a vacancy in a feed: none of them needs a separate scope. */
const selection =
  'id vacatureReferentie { interneReferentie vdabReferentie } publicatieDatum leverancier { naam } ' +
  'functie { functieTitel omschrijving } tewerkstellingsadres { gemeente }'

/** The parameters that select a page of a search; the feed remains the same feed. */
const ofPage = ['first', 'after', 'last', 'before']

/** The library needs absolute addresses. This prefix is removed again: the gateway does not know its public address. */
const here = 'http://self.invalid/'

/** The date of an item for which VDAB sends no date. */
const unknownDay = new Date(0)

// XML 1.0 forbids these characters, escaped or not.
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = path.reduce<unknown>((one, name) => (isJsonObject(one) ? one[name] : undefined), value)
  if (typeof found === 'number') return String(found)
  return typeof found === 'string' && found.trim() !== '' ? found.replace(forbidden, '').trim() : undefined
}

/** A UUID that is always the same for the same text (RFC 9562, version 8). */
const uuidOf = (text: string): string => {
  const [first = 0, second = 0, ...bytes] = hash('sha256', text, 'buffer').subarray(0, 16)
  const all = [first, second, ...bytes]
  all[6] = ((all[6] ?? 0) & 0x0f) | 0x80
  all[8] = ((all[8] ?? 0) & 0x3f) | 0x80
  return Buffer.from(all)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The id of a search: the same for all of its pages, and for any order of its parameters. */
const feedIdOf = ({ path, query }: Pick<FormInput, 'path' | 'query'>): string => {
  const search = new URLSearchParams(query)
  for (const name of ofPage) search.delete(name)
  return `urn:uuid:${uuidOf(
    `${path}?${[...search]
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join('&')}`
  )}`
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const urnOf = (id: string) => (uuid.test(id) ? `urn:uuid:${id.toLowerCase()}` : `urn:uuid:${uuidOf(id)}`)

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

type How = { pageUrl: string; asTitle: (text: string) => string }

const itemOf = (node: unknown, { pageUrl, asTitle }: How): Item[] => {
  const id = textAt(node, 'vacatureReferentie', 'interneReferentie')
  if (id === undefined) return []
  const vdabReferentie = textAt(node, 'vacatureReferentie', 'vdabReferentie')
  const day = textAt(node, 'publicatieDatum')
  const date = day !== undefined && isDay(day) ? new Date(day) : undefined
  const employer = textAt(node, 'leverancier', 'naam')
  const place = textAt(node, 'tewerkstellingsadres', 'gemeente')
  const about = [employer, place].filter((text) => text !== undefined).join(', ')
  // without content, JSON Feed treats the description as HTML
  const content = textAt(node, 'functie', 'omschrijving') ?? escaped(about)
  return [
    {
      id: urnOf(id),
      title: asTitle(textAt(node, 'functie', 'functieTitel') ?? `Vacature ${vdabReferentie ?? id}`),
      link: fillTemplate(pageUrl, { id, vdabReferentie }) ?? urnOf(id),
      date: date ?? unknownDay,
      ...(date === undefined ? {} : { published: date }),
      ...(about === '' ? {} : { description: asTitle(about) }),
      ...(content === '' ? {} : { content }),
      ...(employer === undefined ? {} : { author: [{ name: employer }] })
    }
  ]
}

/** The feed of a page. The dates are those of VDAB's records, so that the same result gives the same bytes. */
const feedOf = ({ body, path, query }: FormInput, how: How, suffix: string | undefined): Feed => {
  const items = (body['nodes'] as readonly unknown[]).flatMap((node) => itemOf(node, how)) // of a page
  const latest = Math.max(0, ...items.map(({ date }) => date.getTime()))
  const self = `${here}${path.slice(path.lastIndexOf('/') + 1)}${suffix ?? ''}${query === '' ? '' : `?${query}`}`
  const feed = new Feed({
    id: feedIdOf({ path, query }),
    title: 'Vacatures van VDAB',
    copyright: 'Bron: VDAB',
    author: { name: 'VDAB' },
    updated: new Date(latest),
    generator: 'vdab-gateway',
    ...(suffix === undefined ? {} : { feedLinks: { atom: self } })
  })
  for (const item of items) feed.addItem(item)
  return feed
}

/**
 * A search of vacancies as Atom (RFC 4287) and as JSON Feed. Failed items are left out. `pageUrl` is the page of a
 * vacancy for people.
 */
export const createFeeds = ({ pageUrl }: { pageUrl: string }): readonly Form[] => [
  {
    name: 'atom',
    type: 'application/atom+xml',
    suffix: '.atom',
    selection,
    // a title in Atom is HTML here
    write: (input) => feedOf(input, { pageUrl, asTitle: escaped }, '.atom').atom1().replace(here, '')
  },
  {
    name: 'jsonFeed',
    type: 'application/feed+json',
    suffix: '.feed.json',
    selection,
    // its members must be absolute addresses, which the gateway does not know
    write: (input) => feedOf(input, { pageUrl, asTitle: (text) => text }, undefined).json1()
  }
]
