import { arbeidscontracten, diplomas, rijbewijzen } from './codes.ts'
import type { CodeTable } from './codes.ts'
import { company, kbo, person, phone, street } from './people.ts'
import { createDice, type Dice } from './random.ts'
import { texts } from './texts.ts'
import { present, type Tree } from './tree.ts'
import type { VacatureCore } from './vacature-core.ts'

const codesIn = (table: CodeTable) => table.map(([code]) => code)

const known = {
  contracts: [...codesIn(arbeidscontracten), ...Array.from({ length: 40 }, () => 'G')],
  studies: codesIn(diplomas),
  softskills: ['1', '2', '3', '4', '6'],
  talen: ['N', 'F', 'E', 'D', 'P'],
  suffixes: ['', ' (m/v/x)', ' - vaste job']
}

// The codes ZZ9, MAN1NOO, 8, 12 and ZU are in no list, to test clients that require a known one.
const tricky = {
  contracts: [...known.contracts, 'ZZ9', 'ZZ9', 'ZZ9'],
  studies: [...known.studies, 'MAN1NOO'],
  softskills: [...known.softskills, '8', '12'],
  talen: [...known.talen, 'ZU'],
  suffixes: ['', ' (m/v/x)', ' ', ' - vaste job']
}
const firstReference = 70_000_000

/** VDAB's own number of a generated vacancy. */
export const vdabReferentieOf = (index: number) => firstReference + index

/** The index of a generated vacancy from VDAB's own number; it may be out of range. */
export const indexOfVdabReferentie = (number: number) => number - firstReference

// Draws optional members; a vacancy with all members has each of them.
const createMay = (dice: Dice, everything: boolean) => {
  const may = (share: number) => dice.chance(share) || everything
  const perhaps = <Item>(share: number, item: () => Item) => (may(share) ? item() : undefined)
  return { may, perhaps }
}
type May = ReturnType<typeof createMay>

const addressAt = (dice: Dice, { perhaps }: May, { place }: VacatureCore) =>
  place &&
  present({
    ...perhaps(0.7, () => ({ ...street(dice), busnummer: perhaps(0.2, () => `proef ${dice.between(1, 9)}`) })),
    postcode: place.postcode,
    gemeente: perhaps(0.95, () => place.gemeente),
    landCode: place.landCode,
    regioCode: perhaps(0.8, () => place.regioCode),
    locatie: perhaps(0.88, () => ({ latitude: place.latitude, longitude: place.longitude }))
  })

const requirements = (dice: Dice, { may }: May, core: VacatureCore, from: typeof known): Tree[] => [
  ...core.competenties.map((code) =>
    present({ type: 'technischecompetentie', code, score: may(0.5) ? dice.pick(['42', '43']) : undefined })
  ),
  ...(may(0.4) ? dice.some(from.softskills, 2).map((code) => ({ type: 'softskill', code })) : []),
  ...(may(0.5)
    ? dice.some(from.talen, 3).map((code) => ({ type: 'talen', code, score: String(dice.between(1, 3)) }))
    : []),
  ...(may(0.3) ? [{ type: 'studie', code: dice.pick(from.studies) }] : []),
  ...(may(0.3) ? [{ type: 'rijbewijs', code: dice.pick(rijbewijzen)[0] }] : []),
  ...(may(0.05) ? [{ type: 'attest', code: 'VCA001' }] : [])
]

const agreement = (dice: Dice, { perhaps }: May, contracts: readonly string[], extra: string, start: string): Tree => {
  const loon = dice.between(1_900, 4_500)
  return present({
    arbeidsContract: dice.pick(contracts),
    arbeidsContractDuur: dice.pick(['ONBEPAALD', 'BEPAALD']),
    arbeidsRegime: dice.pick(['V', 'V', 'D']),
    arbeidsStelsel: dice.some(['D', 'D', '2', '3', 'Z', 'V', 'N'], 2),
    aantalUur: perhaps(0.5, () => dice.between(4, 40)),
    aantalDagen: perhaps(0.2, () => dice.between(1, 5)),
    minimumBrutoLoon: perhaps(0.3, () => loon + 0.5),
    maximumBrutoLoon: perhaps(0.25, () => loon + dice.between(100, 900)),
    vermoedelijkeStartdatum: perhaps(0.3, () => start),
    extra: perhaps(0.7, () => extra)
  })
}

const application = (dice: Dice, may: May, core: VacatureCore, omschrijving: string): Tree => {
  const { perhaps } = may
  const plain = core.extent === 'plain'
  const { voornaam, achternaam, email } = person(dice, plain)
  const [telefoon, fax] = [phone(dice, plain), phone(dice, plain)]
  return present({
    cvGewenst: dice.chance(0.8),
    motivatiebriefGewenst: dice.chance(0.4),
    omschrijving: perhaps(0.6, () => omschrijving),
    sollicitatieAdres: perhaps(0.2, () => addressAt(dice, may, core)),
    contactpersoon: perhaps(0.6, () =>
      present({
        naam: `${voornaam} ${achternaam}`,
        aanspreking: perhaps(0.4, () => dice.pick(['Mevrouw (proef)', 'De heer (proef)'])),
        functie: perhaps(0.4, () => dice.pick(['HR-medewerker (proef)', 'Zaakvoerder (proef)'])),
        telefoonNummer: perhaps(0.6, () => telefoon),
        fax: perhaps(0.1, () => fax),
        email: perhaps(0.7, () => email)
      })
    ),
    sollicitatieVia: present({
      webformulier: perhaps(0.4, () => `https://www.proef.invalid/solliciteren/${dice.below(100_000)}`),
      email: perhaps(0.6, () => email),
      telefoon: perhaps(0.3, () => telefoon),
      fax: perhaps(0.05, () => fax),
      extraInfoProcedure: perhaps(0.1, () => `Vraag naar ${voornaam}.`),
      brief: perhaps(0.5, () => dice.chance(0.3)),
      persoonlijkAanmelden: perhaps(0.5, () => dice.chance(0.2))
    })
  })
}

type Deps = {
  seed: number
  idOf: (index: number) => string
  /** the member `dubbels` of a vacancy and its duplicates, from the index of the vacancy */
  dubbelsOf: (parent: number) => Tree
  dateOf: (day: number) => string
}

/** Generates a vacancy in the format of VDAB's v2: codes have no labels, absent members are left out. */
export const createVacatureRecord =
  ({ seed, idOf, dubbelsOf, dateOf }: Deps) =>
  (index: number, core: VacatureCore): Tree => {
    if (core.extent === 'bare') return { vacatureReferentie: { interneReferentie: idOf(index) }, status: core.status }
    const { parent = index } = core
    const plain = core.extent === 'plain'
    const [from, isFull] = [plain ? known : tricky, plain || core.extent === 'everything']
    const may = createMay(createDice(seed, index, 3), isFull)
    // A duplicate has the same texts under another number, so they are drawn for the vacancy that it duplicates.
    const [own, dice] = [createDice(seed, index, 4), createDice(seed, parent, 5)]
    const told = createMay(dice, isFull)
    const { perhaps } = may
    const naam = company(own, plain)
    const titel = core.job?.titel ?? 'Medewerker'
    const text = texts(dice, { titel, bedrijf: naam }, plain)
    const vereisten = requirements(dice, told, core, from)
    const [publicatieDatum, startDatum] = [dateOf(core.published), dateOf(core.published + own.below(30))]

    return present({
      vacatureReferentie: present({
        interneReferentie: idOf(index),
        vdabReferentie: vdabReferentieOf(index),
        hrxmlReferentie: perhaps(
          0.3,
          () => `${own.between(100, 999)}-${index}-VDAB-BE-${own.between(100_000, 999_999)}`
        ),
        externeReferentie: perhaps(0.2, () => `EXT/${index}`)
      }),
      status: core.status,
      aantalJobs: own.chance(0.85) ? 1 : own.between(2, 20),
      bron: own.pick(['HRXML_2_4_POSITION_OPENING', 'VDAB_VACATURE_OPENING']),
      leverancier: {
        kboNummer: kbo(own),
        naam,
        prioriteit: own.between(1, 3),
        type: own.pick(['GEWONE_BEDRIJVEN', 'INTERMEDIAIREN', 'DERDENLEVERANCIERS'])
      },
      publicatieDatum,
      depublicatieDatum: core.einde < Infinity ? dateOf(core.einde) : undefined,
      startDatum,
      versie: core.versie,
      vrijeVereiste: told.perhaps(0.5, () => text.vrijeVereiste),
      internationaalOpengesteld: own.chance(0.1),
      vacatureType: perhaps(0.2, () => own.pick(['SJABLOON', 'ONDERWIJS', 'VLAAMSE_OVERHEID_EXTERN'])),
      functie: present({
        functieTitel: `${titel}${dice.pick(from.suffixes)}`,
        omschrijving: told.perhaps(0.9, () => text.omschrijving),
        jobdomeinen: core.jobdomeinen,
        beroepsprofiel:
          core.job?.beroep === undefined && core.ervaring === undefined
            ? undefined
            : present({ code: core.job?.beroep, ervaring: core.ervaring })
      }),
      profiel: vereisten.length > 0 ? { vereisten } : undefined,
      arbeidsovereenkomst: told.perhaps(0.97, () => agreement(dice, told, from.contracts, text.extra, startDatum)),
      tewerkstellingsadres: addressAt(dice, told, core),
      sollicitatieprocedure: perhaps(0.9, () => application(own, may, core, text.procedure)),
      assistentie: perhaps(0.05, () => ({ irmAssistentie: { irmRegioCodes: ['BE21', 'BE234'] } })),
      dubbels: core.parent === undefined ? undefined : dubbelsOf(parent)
    })
  }
