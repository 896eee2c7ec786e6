// VDAB's suppliers paste texts with Windows-1252 bytes. These arrive as C1 control characters, which are invisible.
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

/** The text with C1 control characters replaced by their Windows-1252 characters; others are removed. */
export const withoutControlBytes = (text: string): string =>
  text.replace(/[\u0080-\u009f]/g, (character) => characters[character] ?? '')
