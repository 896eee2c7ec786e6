import type { Tree } from './tree.ts'

const zaventem = (huisnummer: string): Tree => ({
  straat: 'Proeflaan',
  huisnummer,
  postcode: '1930',
  gemeente: 'ZAVENTEM',
  landCode: 'BE',
  regioCode: 'BE241',
  locatie: { latitude: 50.8837, longitude: 4.4733 }
})

// VDAB's page stops after internationaalOpengesteld; the rest is invented.
const operationalPurchaser: Tree = {
  vacatureReferentie: {
    interneReferentie: 'a3e007c0-68d3-4fb7-aa35-c36e96ede172',
    vdabReferentie: 65866999,
    hrxmlReferentie: '479-1430-VDAB-BE-131212'
  },
  status: 'GEPUBLICEERD',
  aantalJobs: 1,
  bron: 'HRXML_2_4_POSITION_OPENING',
  leverancier: {
    kboNummer: '0404221962',
    naam: 'EXPERT CENTRE VLAANDEREN NOORD',
    prioriteit: 1,
    type: 'INTERMEDIAIREN'
  },
  publicatieDatum: '2022-12-13',
  startDatum: '2022-12-13',
  versie: 0,
  vrijeVereiste:
    "Are you, as an experience operational purchaser:\n<br/> \n<ul><li>in possession of a Bachelor's or Master's degree or have at least 7-8 years of work experience in the field of sourcing raw materials </li><li>very strong in communication </li><li>understanding the market and know what Supply and Demand is about </li><li>perfectly bilingual: EN-NL or EN-FR </li><li>are an advanced Excel user </li><li>understanding of how ERP (preferably SAP) works<br/><br/>then do not doubt to read further </li>\n</ul>",
  internationaalOpengesteld: false,
  functie: {
    functieTitel: 'Operational purchaser',
    omschrijving:
      '<p>As an operational purchaser you follow up orders of raw materials, from the first request to the delivery.</p>',
    jobdomeinen: ['JOBCAT01'],
    beroepsprofiel: { code: 'eccbc68a-353d-40a7-85aa-6577457b3218', ervaring: '4' }
  },
  profiel: {
    vereisten: [
      { type: 'talen', code: 'E', score: '3' },
      { type: 'talen', code: 'N', score: '3' }
    ]
  },
  arbeidsovereenkomst: {
    arbeidsContract: 'IV',
    arbeidsContractDuur: 'ONBEPAALD',
    arbeidsRegime: 'V',
    arbeidsStelsel: ['D'],
    aantalUur: 38,
    extra: '<ul><li>meal vouchers</li><li>a hybrid way of working</li></ul>'
  },
  tewerkstellingsadres: zaventem('991'),
  sollicitatieprocedure: {
    cvGewenst: true,
    motivatiebriefGewenst: false,
    contactpersoon: {
      naam: 'Proefka Proefdra',
      email: 'proefka.proefdra@proef.invalid',
      telefoonNummer: '+32470000012'
    },
    sollicitatieVia: { email: 'proefka.proefdra@proef.invalid' }
  }
}

const invented = (
  interneReferentie: string,
  vdabReferentie: number,
  titel: string,
  huisnummer: string,
  publicatieDatum: string
): Tree => ({
  vacatureReferentie: { interneReferentie, vdabReferentie },
  status: 'GEPUBLICEERD',
  aantalJobs: 1,
  bron: 'VDAB_VACATURE_OPENING',
  leverancier: { kboNummer: '0990000001', naam: 'Proefgim Proeflux NV', prioriteit: 1, type: 'GEWONE_BEDRIJVEN' },
  publicatieDatum,
  startDatum: publicatieDatum,
  versie: 0,
  internationaalOpengesteld: false,
  functie: {
    functieTitel: titel,
    omschrijving: `<p>Als ${titel.toLowerCase()} vergelijk je offertes en volg je leveringen op.</p>`,
    jobdomeinen: ['JOBCAT01'],
    beroepsprofiel: { code: 'eccbc68a-353d-40a7-85aa-6577457b3218', ervaring: '2' }
  },
  arbeidsovereenkomst: {
    arbeidsContract: 'G',
    arbeidsContractDuur: 'ONBEPAALD',
    arbeidsRegime: 'V',
    arbeidsStelsel: ['D']
  },
  tewerkstellingsadres: zaventem(huisnummer),
  sollicitatieprocedure: {
    cvGewenst: true,
    motivatiebriefGewenst: true,
    sollicitatieVia: { webformulier: 'https://www.proef.invalid/solliciteren' }
  }
})

/**
 * The vacancies that VDAB's page shows as the response to a search for buyers in Zaventem, in the order of the page.
 */
export const documentedVacatures: readonly Tree[] = [
  operationalPurchaser,
  invented('9d86dbb5-3cba-4ef5-9172-38c0e6782746', 65867012, 'Aankoper grondstoffen', '992', '2022-12-15'),
  invented('23fa5224-15f6-4934-98ab-829587a7420e', 65867345, 'Medewerker aankoop', '993', '2022-12-19')
]
