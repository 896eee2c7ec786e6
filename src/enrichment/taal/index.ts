import type { VdabRecord } from '../../upstream/records.ts'
import { memberOf } from '../values.ts'

/** The language of a vacancy, as the type Taal of the schema. */
export type Taal = {
  readonly code: string | null
  readonly zekerheid: 'WAARSCHIJNLIJK' | 'ONZEKER'
  readonly bron: 'OMSCHRIJVING' | 'EXTRA' | 'VRIJE_VEREISTE'
}
/** Detects the language of a plain text: an ISO 639-1 code, undefined if it is unclear. */
export type Detect = (text: string) => string | undefined

type Dependencies = {
  /** converts a text of VDAB, which is HTML, to plain text */
  plainText: (text: string) => string
  warn: (message: string) => void
  loadDetector?: () => Promise<Detect>
}

/** The language of shorter texts is not detected. */
const minCharacters = 40
/** A longer text makes the detection slower, not better. */
const maxCharacters = 1000

/** The highest score of the second language (the first has 1). Above it, the language is unclear. */
const maxSecond = 0.93

/** The detector of the package `franc-min`: trigrams of 82 languages, offline, 10 MB. */
const loadFranc = async (): Promise<Detect> => {
  const { francAll } = await import('franc-min')
  return (text) => {
    const [best, second] = francAll(text) // the best one has the score 1
    const isUnclear = !best || best[0] === 'und' || (second?.[1] ?? 0) > maxSecond
    return isUnclear ? undefined : new Intl.Locale(best[0]).language // ISO 639-3 to 639-1
  }
}

const textsOf = (record: VdabRecord): readonly (readonly [Taal['bron'], unknown])[] => [
  ['OMSCHRIJVING', memberOf(record['functie'], 'omschrijving')],
  ['EXTRA', memberOf(record['arbeidsovereenkomst'], 'extra')],
  ['VRIJE_VEREISTE', record['vrijeVereiste']]
]

const createDetection = (detect: Detect, plainText: Dependencies['plainText']) => (record: VdabRecord) => {
  let unclear: Taal | null = null
  for (const [bron, text] of textsOf(record)) {
    if (typeof text !== 'string' || text.trim() === '') continue
    const plain = plainText(text).slice(0, maxCharacters)
    const code = plain.length < minCharacters ? undefined : detect(plain)
    if (code !== undefined) return { code, zekerheid: 'WAARSCHIJNLIJK', bron } as const
    unclear ??= { code: null, zekerheid: 'ONZEKER', bron }
  }
  return unclear
}

/**
 * The language of vacancies, detected once for each record in the cache. Logs one warning and resolves to undefined if
 * the table of languages is missing.
 */
export const createTaal = async ({ plainText, warn, loadDetector = loadFranc }: Dependencies) => {
  const detect = await loadDetector().catch(() => undefined)
  if (!detect) {
    warn('The table of languages (package franc-min) is missing: `taal` is null. Install the packages again.')
    return undefined
  }
  const detection = createDetection(detect, plainText)
  const known = new WeakMap<VdabRecord, Taal | null>()
  return {
    /** The language of a vacancy; null if it has no text. */
    of: (record: VdabRecord): Taal | null => {
      const found = known.get(record)
      if (found !== undefined) return found
      const taal = detection(record)
      known.set(record, taal)
      return taal
    }
  }
}
