import type { VdabRecord } from '../../upstream/records.ts'
import { textAt } from './fields.ts'

/** Replaces a removed contact detail. */
const removed = '…'

const word = '\\p{L}\\p{N}'
const email = new RegExp(`(?<![${word}._%+-])[${word}._%+-]+@[${word}-]+(?:\\.[${word}-]+)+`, 'gu')
/** A possible telephone number, with the characters that may separate its digits. */
const digits = new RegExp(`(?<![${word}.,/+-])(?:\\+|\\(?0)[\\d\\p{Zs}./()\u2010-\u2013-]{6,24}\\d`, 'gu')
const dateOrTime = /^\d{1,2}(?:[./-]\d{1,2}[./-]\d{2,4}|\.\d{2}(?=[ \u00a0-]))/
const leastDigits = 9

const withoutNumbers = (text: string): string =>
  text.replace(digits, (found) => {
    const [before] = dateOrTime.exec(found) ?? []
    if (before !== undefined) return before + withoutNumbers(found.slice(before.length))
    return found.replace(/\D/g, '').length < leastDigits ? found : removed
  })

const procedure = 'sollicitatieprocedure'
const named = ['naam', 'telefoonNummer', 'fax', 'email'].map((name) => [procedure, 'contactpersoon', name])
const ways = ['email', 'telefoon', 'fax'].map((name) => [procedure, 'sollicitatieVia', name])
const leastLength = 4

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')

/** The name of the contact person of a vacancy, for comparison; undefined if there is none. */
export const contactNameOf = (record: VdabRecord): string | undefined =>
  textAt(record, procedure, 'contactpersoon', 'naam')

/**
 * Removes contact details from texts of a vacancy: the values of its contact person and of the ways to apply, e-mail
 * addresses, and possible telephone numbers. It does not recognise a name that occurs only in the text.
 */
export const createContactRemover = (record: VdabRecord) => {
  const values = [...named, ...ways].flatMap((path) => textAt(record, ...path) ?? [])
  const known = [...new Set(values)].filter(({ length }) => length >= leastLength)
  const pattern = known.sort((one, other) => other.length - one.length).map(escaped)
  const all = pattern.length > 0 ? new RegExp(`(?<![${word}])(?:${pattern.join('|')})(?![${word}])`, 'giu') : undefined
  return (text: string): string => {
    const withoutKnown = all ? text.replace(all, removed) : text
    return withoutNumbers(withoutKnown.replace(email, removed))
  }
}

/** Removes contact details from a text. */
export type ContactRemover = ReturnType<typeof createContactRemover>
