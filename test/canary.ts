// The canaries that src/simulator/people.ts puts into personal data. They are repeated here, so that a change there
// cannot disable this check: test/access/canary.test.ts proves that they are still found.
const first = '(?:ka|li|mo|ne|ru|sa|ti|vo|wi|ze)'
const last = '(?:bel|dra|fos|gim|lux|nor|pim|quo|ster|vank)'
const surname = `(?:Van |D')?Proef${last}(?:ink|sma)?`
/**
 * Digits on their own, not inside a longer number, a hash, a UUID or a transaction id, which contain any digits by
 * chance. The characters before them may be escaped, as in `%20`.
 */
const alone = (digits: string) => `(?:(?<![\\da-fA-F]|\\d\\.)|(?<=%[\\da-fA-F]{2}))${digits}(?!-?[\\da-fA-F])`
const phone = `(?:${alone('047[04]0000\\d\\d')}|\\+324700000\\d\\d|0470/00\\.00\\.\\d\\d|0032 470 00 00 \\d\\d|\\+32 \\(0\\)470 00 00 \\d\\d|02 000 00 \\d\\d)`
const birthday = '(?:19[5-9]\\d|200[0-4])-02-29'

/** For log lines, audit records, files and cache keys: no canary at all, including those of companies. */
const anything = new RegExp(`proef|${phone}|${birthday}`, 'i')

/** Phrases in the free text of a vacancy that look like a person; they are removed before the search. */
const exceptions = [
  // texts.ts: a free text that names a contact
  new RegExp(`Proefka Proefdra \\(${phone}, proefka\\.proefdra@proef\\.invalid\\)`, 'g'),
  // vacature-record.ts: a free text of a vacancy
  new RegExp(`"Vraag naar Proef${first}{2}\\."`, 'g')
]

/** The canaries that an answer may contain only for a consumer with one of the scopes. */
const marks: readonly { what: string; pattern: RegExp; scopes: readonly string[] }[] = [
  { what: 'an e-mail address', pattern: /@proef\.invalid/i, scopes: ['kandidaten:contact', 'vacatures:contact'] },
  { what: 'a phone number', pattern: new RegExp(phone), scopes: ['kandidaten:contact', 'vacatures:contact'] },
  { what: 'a full name', pattern: new RegExp(`"Proef${first}{2} ${surname}"`), scopes: ['vacatures:contact'] },
  {
    what: 'a name',
    pattern: new RegExp(`"(?:Proef${first}{2}|Proef${first} |${surname}|[DM]proef|Proefli)"`),
    scopes: ['kandidaten:identiteit']
  },
  { what: 'a birth date', pattern: new RegExp(birthday), scopes: ['kandidaten:identiteit'] },
  { what: 'a website', pattern: /www\.proef\.invalid\/in\//, scopes: ['kandidaten:identiteit'] },
  { what: "a contact person's title", pattern: /(?:Mevrouw|De heer) \(proef\)/, scopes: ['vacatures:contact'] },
  {
    what: "a CV's words",
    pattern: /\(proef\)|Proefdraaien|Proef van bekwaamheid/,
    scopes: ['kandidaten', 'vacatures:contact']
  }
]

/** The first canary of a person or a company in a text that may contain none; undefined without one. */
export const markIn = (text: string): string | undefined => anything.exec(text)?.[0]

/** Does this text contain this personal value? Digits must be on their own. */
export const holds = (text: string, value: string): boolean =>
  /^\d+$/.test(value) ? new RegExp(alone(value)).test(text) : text.includes(value)

/** The canaries in an answer that these scopes do not permit. */
export const hiddenIn = (text: string, scopes: ReadonlySet<string>): readonly string[] => {
  const searched = exceptions.reduce((left, exception) => left.replace(exception, '""'), text)
  return marks
    .filter(({ pattern, scopes: needed }) => !needed.some((scope) => scopes.has(scope)) && pattern.test(searched))
    .map(({ what }) => what)
}
