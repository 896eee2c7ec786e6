const named: Readonly<Record<string, string>> = {
  amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0', euro: '€', bull: '•', middot: '·', hellip: '…', ndash: '–', mdash: '—', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', laquo: '«', raquo: '»', deg: '°',
  agrave: 'à', aacute: 'á', acirc: 'â', auml: 'ä', ccedil: 'ç', egrave: 'è', eacute: 'é', ecirc: 'ê', euml: 'ë', icirc: 'î', iuml: 'ï', oacute: 'ó', ocirc: 'ô', ouml: 'ö', ugrave: 'ù', ucirc: 'û', uuml: 'ü'
}
const reference = /&(?:([a-z]+)|#(\d{3,5}));|& /g
const firstBeyondControls = 160
const firstSurrogate = 0xd800

/** What is written as `&…;`, decoded; undefined where one is unknown, or an ampersand stands before anything but a space. */
export const decoded = (text: string): string | undefined => {
  if (!text.includes('&')) return text
  let isKnown = true
  const rest = text.replace(reference, (whole, name: string | undefined, digits: string | undefined) => {
    if (name === undefined && digits === undefined) return whole
    const code = Number(digits)
    const character = name !== undefined ? (Object.hasOwn(named, name) ? named[name] : undefined) : code >= firstBeyondControls && code < firstSurrogate ? String.fromCharCode(code) : undefined
    if (character === undefined) isKnown = false
    return character ?? ''
  })
  return isKnown && !text.replace(reference, '').includes('&') ? rest : undefined
}
