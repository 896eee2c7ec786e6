/**
 * Normalises a name of a municipality for comparison: capitals without accents, one space between words, without the
 * postcode that VDAB writes in front of it in CVs (`1770-LIEDEKERKE`, upstream.md §3.4).
 */
export const nameKey = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/^\s*(BE-?)?\d{4}\b/, '')
    .replace(/[^A-Z]+/g, ' ')
    .trim()
    .replace(/^ST /, 'SINT ')
    .replace(/^STE /, 'SAINTE ')

const small = new Set('op den de der van ten ter aan het in en lez sur la le les du d l am'.split(' '))

/** Converts a name in capitals to the usual spelling: `SINT-PIETERS-LEEUW` to `Sint-Pieters-Leeuw`. */
export const properName = (name: string): string => {
  const bare = name.replace(/^\s*(BE-?)?\d{4}\s*-?\s*/i, '').trim()
  if (bare !== bare.toUpperCase()) return bare
  return bare
    .toLowerCase()
    .replace(/\p{L}+/gu, (word, at: number) =>
      at > 0 && small.has(word) ? word : word.charAt(0).toUpperCase() + word.slice(1)
    )
}

/** The four digits of a Belgian postcode, which VDAB writes as `1770` or `BE-1770`; undefined for anything else. */
export const belgianPostcode = (text: string | undefined): string | undefined =>
  /^\s*(?:BE?-?\s?)?([1-9]\d{3})\s*$/i.exec(text ?? '')?.[1]

/** The postcode in front of a name: `1770-LIEDEKERKE`. */
export const postcodeBefore = (name: string | undefined): string | undefined =>
  /^\s*(?:BE-?)?([1-9]\d{3})\s*-/i.exec(name ?? '')?.[1]
