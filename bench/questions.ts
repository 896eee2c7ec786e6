// The query of a page that shows vacancies: details, labels of VDAB's lists, and texts that VDAB sends as HTML.
const fields = `id status versie publicatieDatum aantalJobs
      vacatureReferentie { interneReferentie vdabReferentie }
      functie { functieTitel omschrijving(formaat: TEKST) jobdomeinen { code label } beroepsprofiel { code label ervaring { code label } } }
      leverancier { naam type }
      tewerkstellingsadres { postcode gemeente }
      arbeidsovereenkomst { arbeidsContract { code label } arbeidsRegime { code label } aantalUur }`

/** W1: one vacancy, by its id. */
export const detail = `query Vacature($id: ID!) {
  vacature(id: $id) {
      ${fields}
      profiel { vereisten { type code label } }
  }
}`

/** Two vacancies, so that there are more pairs of ids than requests. */
export const twoDetails = `query Twee($id: ID!, $ander: ID!) {
  vacature(id: $id) {
      ${fields}
  }
  ander: vacature(id: $ander) {
      ${fields}
  }
}`

/** W2: a page of 20 with their details. */
export const page = `query Pagina($jobdomein: [String!]) {
  vacatures(first: 20, filter: { jobdomein: $jobdomein }) {
    totaal
    pageInfo { hasNextPage endCursor }
    nodes {
      ${fields}
    }
  }
}`

const enrichment = 'plaats { nisCode gemeente provincie precisie } taal { code zekerheid }'
/** W1 and W2 with the fields that the gateway adds to those of VDAB. */
export const enrichedDetail = detail.replace('      profiel', `      ${enrichment}\n      profiel`)
export const enrichedPage = page.replace('    nodes {\n', `    nodes {\n      ${enrichment}\n`)

/** The cold pages: 50 vacancies with their details, each page after the previous one. */
export const coldPage = `query Koud($after: String) {
  vacatures(first: 50, after: $after) {
    pageInfo { endCursor }
    nodes {
      ${fields}
    }
  }
}`

/** The names of the trusted documents in the manifest. */
export const manifest = { 'vacature-detail': detail, 'vacature-pagina': page } as const

/** The fields from which a new selection takes a subset. */
export const selectable: readonly string[] = [
  'status',
  'aantalJobs',
  'bron',
  'publicatieDatum',
  'depublicatieDatum',
  'versie',
  'internationaalOpengesteld',
  'vacatureType',
  'isDubbel',
  'vacatureReferentie { interneReferentie }',
  'vacatureReferentie { vdabReferentie externeReferentie }',
  'leverancier { naam }',
  'leverancier { kboNummer type }',
  'functie { functieTitel }',
  'functie { jobdomeinen { code label } }',
  'functie { beroepsprofiel { code label } }',
  'functie { omschrijving(formaat: TEKST) }',
  'tewerkstellingsadres { postcode gemeente }',
  'tewerkstellingsadres { locatie { latitude longitude } }',
  'arbeidsovereenkomst { arbeidsContract { code label } }',
  'arbeidsovereenkomst { aantalUur arbeidsRegime { code } }',
  'profiel { vereisten { type code } }'
]
