import { dateOf, dayAt } from './calendar.ts'
import { diplomas, rijbewijzen, softskills, talen } from './codes.ts'
import type { CodeTable } from './codes.ts'
import { beroepsprofielen, competenties, oudeCompetenties } from './competent.ts'
import { domains, jobs } from './jobs.ts'
import type { KandidaatCore } from './kandidaat.ts'
import { birthday, company, person, phone, street } from './people.ts'
import { belgian } from './places.ts'
import { createDice, type Dice } from './random.ts'
import { isTree, listAt, present, textAt, type Tree, type Value } from './tree.ts'

const year = (dice: Dice) => dice.between(1995, 2021)
const month = (dice: Dice) => String(dice.between(1, 12)).padStart(2, '0')
const anyJob = (dice: Dice) => dice.pick(jobs[dice.pick(domains)] ?? [])

const address = (dice: Dice, busnummer?: string): Tree => {
  const { postcode, gemeente } = dice.pick(belgian)
  const place = { postcode: `BE-${postcode}`, gemeente: `${postcode}-${gemeente}`, land: 'BE' }
  const home = street(dice)
  return present({ ...home, busnummer: home.busnummer ?? busnummer, ...place })
}

// Unordered; the current job has no `tot`.
const experience = (dice: Dice, ended: boolean, plain: boolean): Tree => {
  const from = year(dice)
  return present({
    type: 'werkervaring',
    functieTitel: `${anyJob(dice).titel} (proef)`,
    van: `${from}-${month(dice)}-01`,
    werkgever: { naam: company(dice, plain) },
    tot: dice.chance(0.8) || ended ? `${from + dice.between(1, 5)}-${month(dice)}-28` : undefined
  })
}

const education = (dice: Dice, naam: string, annotated: boolean): Tree => {
  const behaaldIn = year(dice)
  return present({
    type: 'studie',
    info: dice.chance(0.3) || annotated ? 'Proef van bekwaamheid met vrucht afgelegd' : undefined,
    behaaldOp: `${behaaldIn}-07-01`,
    behaaldIn,
    diploma: dice.chance(0.9),
    naam
  })
}

const codesIn = (table: CodeTable) => table.map(([code]) => code)

const known = {
  talen: ['N', 'F', 'E', 'D', 'S'],
  technical: codesIn([...oudeCompetenties, ...competenties]),
  softskills: codesIn(softskills),
  suffixes: [''],
  machines: 'Machines proefdraaien en afstellen'
}

// The codes 18599, 22232 and 16669, the soft skills from 5 on except 6, and the language ZU are in no list.
const tricky = {
  talen: [...known.talen, 'ZU'],
  technical: [...known.technical, '18599', '22232', '16669'],
  softskills: ['1', '2', '3', '4', '5', '6', '8', '9', '10', '12'],
  suffixes: ['', '', ' '],
  machines: 'Machines proefdraaien & <b>afstellen</b>'
}

const lists: { readonly [type: string]: readonly string[] } = {
  talen: codesIn(talen),
  technischeCompetentie: known.technical,
  softSkill: known.softskills,
  vrijeCompetentie: [],
  studie: codesIn(diplomas)
}

const isKnown = (value: Value) => {
  if (!isTree(value)) return false
  const [type = ''] = textAt(value, 'type')
  const [code = ''] = textAt(value, type === 'studie' ? 'naam' : 'code')
  const list = lists[type]
  return list !== undefined && (list.length === 0 || list.includes(code))
}

/** A CV without empty competences and studies, and without those whose code is in no list. */
export const withoutUnknown = (record: Tree): Tree => ({
  ...record,
  opleidingen: listAt(record, 'opleidingen').filter(isKnown),
  competenties: listAt(record, 'competenties').filter(isKnown)
})

const skills = (dice: Dice, everything: boolean, plain: boolean): Tree[] => {
  const from = plain ? known : tricky
  const list: Tree[] = [
    ...dice
      .some(from.talen, everything ? 6 : dice.below(5))
      .map((code) => ({ type: 'talen', code, niveau: String(dice.between(1, 3)) })),
    ...dice
      .some(from.technical, everything ? 6 : dice.below(8))
      .map((code) => ({ type: 'technischeCompetentie', code, score: dice.pick(['42', '43']) })),
    ...dice.some(from.softskills, everything ? 5 : dice.below(5)).map((code) => ({ type: 'softSkill', code }))
  ]
  if (everything || dice.chance(0.3))
    list.push({
      type: 'vrijeCompetentie',
      naam: 'Proefdraaien',
      beschrijving: from.machines
    })
  if (!plain && (everything || dice.chance(0.3))) list.splice(dice.below(list.length + 1), 0, {})
  return list
}

const wishes = (dice: Dice, { regios, extent }: KandidaatCore, everything: boolean): Tree => ({
  arbeidsRegimes: everything ? ['V', 'D'] : dice.some(['V', 'D'], dice.between(1, 2)),
  arbeidsStelsels: dice.some(['D', '2', 'Z', 'V', 'N'], dice.between(1, 3)),
  regios,
  functies: Array.from({ length: everything ? 3 : dice.below(4) }, () => {
    const { titel, beroep } = anyJob(dice)
    // M120101-1 has no label in any list.
    const own = extent === 'plain' && beroep === 'M120101-1' ? undefined : beroep
    const code = own ?? (dice.chance(0.5) || everything ? dice.pick(beroepsprofielen)[0] : undefined)
    return present({
      titel: `${titel} (proef)${dice.pick((extent === 'plain' ? known : tricky).suffixes)}`,
      ervaring: everything || dice.chance(0.9) ? String(dice.below(5)) : undefined,
      beroepsprofiel: code === undefined ? undefined : { code }
    })
  })
})

const self = (dice: Dice, everything: boolean, plain: boolean): Tree => {
  const { voornaam, achternaam, roepnaam, email } = person(dice, plain)
  const perhaps = (share: number, value: string) => (dice.chance(share) || everything ? value : undefined)
  const home = address(dice, everything ? 'proef 1' : undefined)
  return present({
    gsm: perhaps(0.9, phone(dice, plain)),
    officieelAdres: home,
    contactAdres: dice.chance(0.8) || everything ? home : address(dice),
    email: perhaps(0.9, email),
    achternaam,
    voornaam,
    roepnaam: perhaps(0.8, roepnaam),
    website: perhaps(0.2, `https://www.proef.invalid/in/${voornaam.toLowerCase()}`),
    geslacht: dice.pick(['M', 'V', 'X']),
    nationaliteit: dice.pick(['BE', 'BE', 'BE', 'NL', 'FR', 'PL', 'MA']),
    geboortedatum: birthday(dice)
  })
}

/** Generates a CV in the format of VDAB's v1. */
export const createKandidaatRecord =
  (seed: number) =>
  (index: number, cvId: string, core: KandidaatCore): Tree => {
    const { status, moments, studies, extent } = core
    if (extent === 'bare') return { cvId, status }
    const dice = createDice(seed, index, 12)
    const plain = extent === 'plain'
    const everything = plain || extent === 'everything'
    return present({
      cvId,
      status,
      wijzigingsDatum: dateOf(dayAt(moments.at(-1) ?? 0)),
      iklId: 99_000_000 + index,
      persoonlijkeInteresse: {},
      natuurlijkPersoon: self(dice, everything, plain),
      ervaringen:
        dice.chance(0.95) || everything
          ? Array.from({ length: everything ? 4 : dice.below(6) }, (_, at) =>
              experience(dice, everything && at > 0, plain)
            )
          : undefined,
      opleidingen: studies.map((naam) => education(dice, naam, everything)),
      attesteringen:
        dice.chance(0.8) || everything
          ? dice.some(rijbewijzen, 2).map(([code]) => ({ type: 'rijbewijs', code, eigenWagen: dice.chance(0.5) }))
          : undefined,
      competenties: dice.chance(0.95) || everything ? skills(dice, everything, plain) : undefined,
      gewensteJob: wishes(dice, core, everything)
    })
  }
