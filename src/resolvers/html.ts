import { compile } from 'html-to-text'
import sanitize from 'sanitize-html'
import type { TekstFormaat } from '../schema/types.ts'

// Windows-1252 bytes that VDAB passes on as C1 control characters; browsers show nothing for them (upstream.md §6).
const windows1252: Readonly<Record<string, string>> = {
  '\u0080': '€',
  '\u0085': '…',
  '\u0091': '‘',
  '\u0092': '’',
  '\u0093': '“',
  '\u0094': '”',
  '\u0095': '•',
  '\u0096': '–',
  '\u0097': '—',
  '\u0099': '™'
}
const readable = (text: string) => text.replace(/[\u0080-\u009f]/g, (character) => windows1252[character] ?? '')

const allowed: sanitize.IOptions = {
  allowedTags: [
    'a',
    'b',
    'blockquote',
    'br',
    'code',
    'dd',
    'div',
    'dl',
    'dt',
    'em',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'hr',
    'i',
    'li',
    'ol',
    'p',
    'pre',
    's',
    'span',
    'strong',
    'sub',
    'sup',
    'table',
    'tbody',
    'td',
    'th',
    'thead',
    'tr',
    'u',
    'ul'
  ],
  allowedAttributes: { a: ['href', 'rel'] },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowProtocolRelative: false,
  transformTags: { a: sanitize.simpleTransform('a', { rel: 'noopener noreferrer nofollow' }) }
}

const clean = (text: string) => sanitize(readable(text), allowed)

// Compiled once: the options cost more to read than most texts to convert.
const convert = compile({
  wordwrap: false,
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['(', ')'] } },
    { selector: 'ul', options: { itemPrefix: '• ' } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } }))
  ]
})

const toText = (text: string) => convert(clean(text))

/** Where texts are remembered; `bytes` is what an entry holds besides its key. */
export type Texts = {
  get: (text: string) => string | undefined
  set: (text: string, formatted: string, bytes: number) => void
}

/** What a text became, remembered: one document may ask the same text a thousand times, and the next page holds it again. */
const remembered =
  (format: (text: string) => string, known: Texts) =>
  (text: string): string => {
    const found = known.get(text)
    if (found !== undefined) return found
    const formatted = format(text)
    known.set(text, formatted, formatted.length * 2)
    return formatted
  }

/** VDAB's HTML as a consumer wants it: harmless HTML, plain text, or untouched. */
export const createFormatters = (cache: () => Texts): Readonly<Record<TekstFormaat, (text: string) => string>> => ({
  HTML: remembered(clean, cache()),
  TEKST: remembered(toText, cache()),
  RUW: (text) => text
})
