import type { EnrichmentSettings } from '../../config/enrichment.ts'
import { csv } from './csv.ts'
import { createFeeds } from './feeds.ts'
import type { Form, FormName } from './form.ts'
import { createJsonLd } from './jsonLd.ts'

type Dependencies = {
  settings: Pick<EnrichmentSettings, 'forms' | 'pageUrl'>
  /** did VDAB know this id? undefined = there are no job postings */
  wasKnown: ((id: string) => boolean) | undefined
}

/** The forms that this gateway supports, by name; disabled forms are left out. */
export const createForms = ({ settings: { forms, pageUrl }, wasKnown }: Dependencies) => {
  const all = [...(forms ? [csv, ...createFeeds({ pageUrl })] : []), ...(wasKnown ? [createJsonLd({ wasKnown })] : [])]
  /** The forms that a row lists. */
  return (names: readonly FormName[] = []): readonly Form[] => all.filter(({ name }) => names.includes(name))
}

export type FormsOf = ReturnType<typeof createForms>
