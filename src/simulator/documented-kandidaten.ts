import type { Tree } from './tree.ts'

const werkervaring = (functieTitel: string, van: string, werkgever: string, tot?: string): Tree =>
  tot === undefined
    ? { type: 'werkervaring', functieTitel, van, werkgever: { naam: werkgever } }
    : { type: 'werkervaring', functieTitel, van, werkgever: { naam: werkgever }, tot }

const taal = (code: string, niveau: string): Tree => ({ type: 'talen', code, niveau })
const technisch = (code: string, score: string): Tree => ({ type: 'technischeCompetentie', code, score })
const soft = (code: string): Tree => ({ type: 'softSkill', code })
const vrij = (naam: string): Tree => ({ type: 'vrijeCompetentie', naam, beschrijving: naam })
const functie = (titel: string, code: string): Tree => ({ titel, ervaring: '4', beroepsprofiel: { code } })

const liedekerke: Tree = {
  straat: 'Proefstraat',
  huisnummer: '99',
  postcode: 'BE-1770',
  gemeente: '1770-LIEDEKERKE',
  land: 'BE'
}

// VDAB masked the values that identify the person; here they are invented. The function that the page omits is the
// fourth.
const logisticsManager: Tree = {
  cvId: '30dbfef1-59df-4521-a111-964bf0208e68',
  status: 'OPEN',
  wijzigingsDatum: '2022-08-03',
  iklId: 11116485,
  persoonlijkeInteresse: {},
  natuurlijkPersoon: {
    gsm: '0474000012',
    officieelAdres: liedekerke,
    contactAdres: liedekerke,
    email: 'Dproef@proef.invalid',
    achternaam: 'Mproef',
    voornaam: 'Dproef',
    roepnaam: 'Dproef',
    website: 'https://www.proef.invalid/in/dproef',
    geslacht: 'M',
    nationaliteit: 'BE',
    geboortedatum: '1900-09-05'
  },
  ervaringen: [
    werkervaring('COO - Facility & Operations Manager', '2020-11-01', 'DSB Print', '2021-04-30'),
    werkervaring('ICT Project Leader (Securex)', '1999-07-01', 'Dolmen CA', '2000-08-31'),
    werkervaring('Senior Supply Chain Project Manager (Carrefour Belgium)', '2005-09-01', 'Spikes', '2017-12-31'),
    werkervaring('Supply Chain Manager', '2017-12-01', 'Carrefour Belgium', '2020-11-30'),
    werkervaring('Supply Chain Manager COVID-19', '2021-04-01', 'Cocom-GGC (BXL)'),
    werkervaring(
      'Supply Project Leader (GIB-Group/Carrefour Belgium)',
      '2000-08-01',
      'Real Software Group',
      '2005-09-30'
    )
  ],
  opleidingen: [
    { type: 'studie', behaaldOp: '2002-01-01', behaaldIn: 2002, diploma: true, naam: 'MAN1NOO' },
    {
      type: 'studie',
      info: 'Omzetting van Handelsingenieur (UEH5AHH) dd. 01/07/2011',
      behaaldOp: '1999-01-01',
      behaaldIn: 1999,
      diploma: true,
      naam: 'MAE5AHH'
    }
  ],
  attesteringen: [{ type: 'rijbewijs', code: 'B', eigenWagen: true }],
  competenties: [
    taal('D', '1'),
    taal('E', '3'),
    taal('F', '3'),
    taal('N', '3'),
    technisch('11721', '43'),
    technisch('18138', '43'),
    technisch('24557', '42'),
    technisch('16394', '42'),
    technisch('18599', '42'),
    {},
    soft('12'),
    soft('8'),
    soft('10'),
    soft('5'),
    soft('9'),
    technisch('22232', '42'),
    technisch('16669', '42'),
    {},
    vrij('Organisation & coordination skills'),
    vrij('Diplomatic & negotiater'),
    vrij('People Mangement: communicative & coaching'),
    vrij('Stress consistent & customer-oriented'),
    vrij('Analytical with strong helicopter view')
  ],
  gewensteJob: {
    arbeidsRegimes: ['V'],
    arbeidsStelsels: ['D'],
    regios: ['BE1', 'BE231A', 'BE231B', 'BE234B', 'BE241A', 'BE241B'],
    functies: [
      functie('Adviseur bedrijfsorganisatie en management', 'M140201-1'),
      functie('Directeur van een kleine of middelgrote organisatie', 'M130201-1'),
      functie('Logistiek verantwoordelijke', 'N130101-1'),
      functie('Verantwoordelijke transport', 'N130102-1'),
      functie('Verantwoordelijke logistieke site ', 'N130201-1'),
      functie('Verantwoordelijke planning en productiebeheer', 'H140101-1'),
      functie('Verantwoordelijke productiemethodes en industrialisatie ', 'H140201-1')
    ]
  }
}

const invented = (cvId: string, number: number, adres: Tree, gsm: string, wijzigingsDatum: string): Tree => ({
  cvId,
  status: 'OPEN',
  wijzigingsDatum,
  iklId: 99_000_000 + number,
  persoonlijkeInteresse: {},
  natuurlijkPersoon: {
    gsm,
    officieelAdres: adres,
    contactAdres: adres,
    email: `proef.handelsingenieur${number}@proef.invalid`,
    achternaam: `Proefingenieur ${number}`,
    voornaam: 'Proefli',
    roepnaam: 'Proefli',
    geslacht: number % 2 === 0 ? 'V' : 'M',
    nationaliteit: 'BE',
    geboortedatum: '1988-02-29'
  },
  ervaringen: [werkervaring('Aankoper (proef)', '2015-03-01', 'Proefgim NV')],
  opleidingen: [{ type: 'studie', behaaldOp: '2011-07-01', behaaldIn: 2011, diploma: true, naam: 'MAE5AHH' }],
  attesteringen: [{ type: 'rijbewijs', code: 'B', eigenWagen: false }],
  competenties: [taal('N', '3'), taal('F', '2'), technisch('11721', '42'), soft('8')],
  gewensteJob: {
    arbeidsRegimes: ['V'],
    arbeidsStelsels: ['D'],
    regios: ['BE231A'],
    functies: [functie('Adviseur bedrijfsorganisatie en management', 'M140201-1')]
  }
})

const aalst: Tree = { straat: 'Proefplein', huisnummer: '99', postcode: 'BE-9300', gemeente: '9300-AALST', land: 'BE' }
const mechelen: Tree = {
  straat: 'Proefstraat',
  huisnummer: '9',
  busnummer: 'D001',
  postcode: 'BE-2800',
  gemeente: '2800-MECHELEN',
  land: 'BE'
}

const found: readonly string[] = [
  '0f263a0e-cd00-4325-8ce3-4163740c101d',
  'e67fe67c-1e06-4bfb-aa13-4c7532938100',
  '9cd21b39-92e5-451e-990d-58029ece4e67',
  '30966b99-ed6d-40d3-be16-053c6d040327',
  '0d3c13b1-b7f8-4dc1-9728-339d555a9048'
]

/**
 * The CVs that VDAB's page shows as the response to a search for commercial engineers around Aalst, in the order of the
 * page.
 */
export const documentedKandidaten: readonly Tree[] = [
  ...found.map((cvId, at) => invented(cvId, at + 1, aalst, `0470/00.00.1${at}`, '2022-07-20')),
  invented('cb60cf85-1380-4a5a-adae-0b7bc6160661', 6, mechelen, '+32477000012', '2022-07-27'),
  invented('d2e6e03f-1acd-4d03-a44a-5b735343eb9b', 7, aalst, '0032 470 00 00 17', '2022-08-01')
]

/**
 * The CV that VDAB's page shows in full. It has the diploma and the region of the documented search but is not among
 * its seven results, so it is not in the search index.
 */
export const unlistedKandidaten: readonly Tree[] = [logisticsManager]
