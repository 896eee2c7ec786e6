import { compile } from 'html-to-text'
import sanitize from 'sanitize-html'
import { withoutControlBytes } from '../formats/windows1252.ts'
import type { TekstFormaat } from '../schema/types.ts'

const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']
const blocks = 'blockquote br div dl dt dd hr li ol p pre table tbody td th thead tr ul'.split(' ')
const inline = 'a b code em i s span strong sub sup u'.split(' ')
const allowed: sanitize.IOptions = {
  allowedTags: [...headings, ...blocks, ...inline],
  allowedAttributes: { a: ['href', 'rel'] },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowProtocolRelative: false,
  transformTags: { a: sanitize.simpleTransform('a', { rel: 'noopener noreferrer nofollow' }) }
}

const clean = (text: string) => sanitize(withoutControlBytes(text), allowed)

// Compiled once: reading the options takes longer than converting most texts.
const convert = compile({
  wordwrap: false,
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['(', ')'] } },
    { selector: 'ul', options: { itemPrefix: '• ' } },
    ...headings.map((selector) => ({ selector, options: { uppercase: false } }))
  ]
})

/** VDAB's HTML as plain text. */
export const plainText = (text: string): string => convert(clean(text))

/** A cache of converted texts; `bytes` is the size of a value without its key. */
export type Texts = {
  get: (text: string) => string | undefined
  set: (text: string, formatted: string, bytes: number) => void
}

/** Caches a conversion: one document may select the same text a thousand times, and pages overlap. */
const cachedBy =
  (texts: Texts, format: (text: string) => string) =>
  (text: string): string => {
    const found = texts.get(text)
    if (found !== undefined) return found
    const formatted = format(text)
    texts.set(text, formatted, formatted.length * 2)
    return formatted
  }

/** Converters of VDAB's HTML: to sanitized HTML, to plain text, or without conversion. */
export const createFormatters = (cache: () => Texts): Readonly<Record<TekstFormaat, (text: string) => string>> => ({
  HTML: cachedBy(cache(), clean),
  TEKST: cachedBy(cache(), plainText),
  RUW: (text) => text
})
