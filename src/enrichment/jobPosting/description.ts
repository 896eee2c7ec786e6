import sanitize from 'sanitize-html'
import { withoutControlBytes } from '../../formats/windows1252.ts'
import type { VdabRecord } from '../../upstream/records.ts'
import type { ContactRemover } from './contact.ts'
import { textAt } from './fields.ts'

/** The elements that search engines read, and those that separate words. No links: a URL can be a contact detail. */
const allowed: sanitize.IOptions = {
  allowedTags: 'h1 h2 h3 h4 h5 h6 p div ul ol li br strong em table tbody tr td th'.split(' '),
  allowedAttributes: {},
  transformTags: { b: 'strong', i: 'em' }
}
const tags = /(<[^>]*>)/

const clean = (text: string, withoutContact: ContactRemover): string => {
  const html = sanitize(withoutControlBytes(text), allowed)
  const lines = html.includes('<') ? html : html.replace(/\r?\n/g, '<br />')
  // sanitize-html escapes < and > outside elements
  const parts = lines.split(tags).map((part) => (part.startsWith('<') ? part : withoutContact(part)))
  return parts.join('').trim()
}

const isEmpty = (html: string) => html.replace(new RegExp(tags, 'g'), '').trim() === ''

/** The texts of a vacancy: the job, the requirements and the offer (upstream.md §3.1). */
const texts = [['functie', 'omschrijving'], ['vrijeVereiste'], ['arbeidsovereenkomst', 'extra']]

/** The description of a vacancy as HTML without links and contact details; undefined if it has no text. */
export const descriptionOf = (record: VdabRecord, withoutContact: ContactRemover): string | undefined => {
  const written = texts
    .map((path) => clean(textAt(record, ...path) ?? '', withoutContact))
    .filter((html) => !isEmpty(html))
  return written.length === 0 ? undefined : written.join('<br /><br />')
}
