// The marks that src/simulator/people.ts puts on what belongs to a person. Written down again here, since the check must
// not find nothing because the marks have changed along with it: test/access/canary.test.ts shows that they are still found.
const first = '(?:ka|li|mo|ne|ru|sa|ti|vo|wi|ze)'
const last = '(?:bel|dra|fos|gim|lux|nor|pim|quo|ster|vank)'
const surname = `(?:Van |D')?Proef${last}(?:ink|sma)?`
/**
 * Digits that stand alone: neither in a longer number nor in a hash, a UUID or a transaction, which by chance hold any. What
 * is before them may be escaped, as in `%20`.
 */
const alone = (digits: string) => `(?:(?<![\\da-fA-F]|\\d\\.)|(?<=%[\\da-fA-F]{2}))${digits}(?!-?[\\da-fA-F])`
const phone = `(?:${alone('047[04]0000\\d\\d')}|\\+324700000\\d\\d|0470/00\\.00\\.\\d\\d|0032 470 00 00 \\d\\d|\\+32 \\(0\\)470 00 00 \\d\\d|02 000 00 \\d\\d)`
const birthday = '(?:19[5-9]\\d|200[0-4])-02-29'

/** In a log line, an audit record, a file, a cache key: nothing of the kind, companies neither. */
const anything = new RegExp(`proef|${phone}|${birthday}`, 'i')

/** Where an open text of a vacancy may look like a person: cut out before anything is searched. */
const exceptions = [
  // texts.ts: an open text of a vacancy that names whom to call
  new RegExp(`Proefka Proefdra \\(${phone}, proefka\\.proefdra@proef\\.invalid\\)`, 'g'),
  // vacature-record.ts: an open text of a vacancy
  new RegExp(`"Vraag naar Proef${first}{2}\\."`, 'g')
]

/** What an answer may hold only for who has one of the scopes. */
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

/** The mark of a person, or of a company, in a text where neither may be; undefined when there is none. */
export const markIn = (text: string): string | undefined => anything.exec(text)?.[0]

/** Does this text hold this value of a person? Where the value is digits, they must stand alone. */
export const holds = (text: string, value: string): boolean =>
  /^\d+$/.test(value) ? new RegExp(alone(value)).test(text) : text.includes(value)

/** What an answer holds that these scopes do not open. */
export const hiddenIn = (text: string, scopes: ReadonlySet<string>): readonly string[] => {
  const searched = exceptions.reduce((left, exception) => left.replace(exception, '""'), text)
  return marks
    .filter(({ pattern, scopes: needed }) => !needed.some((scope) => scopes.has(scope)) && pattern.test(searched))
    .map(({ what }) => what)
}
