// VDAB's suppliers paste texts whose bytes of Windows-1252 arrive as C1 control characters, which nothing shows.
const characters: Readonly<Record<string, string>> = {
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

/** The text with the characters of Windows-1252 that its C1 control characters stand for; others are removed. */
export const withoutControlBytes = (text: string): string =>
  text.replace(/[\u0080-\u009f]/g, (character) => characters[character] ?? '')
