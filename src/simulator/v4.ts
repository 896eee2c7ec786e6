import * as codes from './codes.ts'
import type { CodeTable } from './codes.ts'
import { beroepen, beroepsprofielen, competenties, oudeCompetenties } from './competent.ts'
import type { Form } from './form.ts'
import { company, kbo } from './people.ts'
import { belgian } from './places.ts'
import { createDice, mix } from './random.ts'
import { branch, isTree, present, textAt, type Tree, type Value } from './tree.ts'

/** The members of a v4 response that contain the total: no public source proves the name. */
export type Totals = 'both' | 'totaalAantalResultaten' | 'aantal'

export const totalsNames: readonly Totals[] = ['both', 'totaalAantalResultaten', 'aantal']

type Rule = (value: Value) => Value

const within =
  (rules: { readonly [name: string]: Rule }): Rule =>
  (value) =>
    isTree(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, old]) => {
            const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
            return [name, rule === undefined ? old : rule(old)]
          })
        )
      : value

const each =
  (rule: Rule): Rule =>
  (value) =>
    Array.isArray(value) ? value.map(rule) : value

const labelIn = (table: CodeTable) => {
  const labels = new Map(table)
  return (code: Value | undefined) => (typeof code === 'string' ? labels.get(code) : undefined)
}

/** `{ code, label }` of a code; without a label if the list has none. */
const coded = (table: CodeTable): Rule => {
  const label = labelIn(table)
  return (value) => (typeof value === 'string' ? present({ code: value, label: label(value) }) : value)
}

const withLabel = (table: CodeTable): Rule => {
  const label = labelIn(table)
  return (value) => (isTree(value) ? present({ code: value['code'], label: label(value['code']), ...value }) : value)
}

/** An object in which absent members are null: v4 sends some of them, v2 omits them. */
const withNulls =
  (...names: string[]): Rule =>
  (value) =>
    isTree(value) ? { ...value, ...Object.fromEntries(names.map((name) => [name, value[name] ?? null])) } : value

const inTurn =
  (...rules: Rule[]): Rule =>
  (value) =>
    rules.reduce((changed, rule) => rule(changed), value)

const regioOf = new Map(belgian.map(({ postcode, regioCode }) => [postcode, regioCode]))
const provincie = coded(codes.provincies)

const withProvincie: Rule = (adres) => {
  if (!isTree(adres)) return adres
  const [given] = textAt(adres, 'regioCode')
  const regio = given ?? regioOf.get(textAt(adres, 'postcode')[0] ?? '') ?? ''
  if (!regio.startsWith('BE')) return adres
  const found = provincie(regio.startsWith('BE1') ? 'BE1' : regio.slice(0, 4))
  // The code is not always there.
  const label = isTree(found) ? found['label'] : undefined
  return label === undefined ? adres : { ...adres, provincie: given === undefined ? { label } : found }
}

const levels: { readonly [prefix: string]: string } = { MA: 'E', UE: 'E', BA: 'D', GR: 'F', SE: 'C', LA: 'B' }
const level = coded(codes.studieboom)
const technical: CodeTable = [...competenties, ...oudeCompetenties]

const createRequirement = (plain: boolean): Rule => {
  const lists: { readonly [type: string]: CodeTable } = {
    technischecompetentie: technical,
    softskill: codes.softskills,
    talen: codes.talen,
    studie: codes.diplomas,
    rijbewijs: codes.rijbewijzen,
    attest: codes.attesten
  }
  const labels = new Map(Object.entries(lists).map(([type, table]) => [type, labelIn(table)]))
  const score = { talen: coded(codes.taalniveaus), other: coded([]) }

  return (vereiste) => {
    if (!isTree(vereiste)) return vereiste
    const [[type = ''], [code = '']] = [textAt(vereiste, 'type'), textAt(vereiste, 'code')]
    const label = labels.get(type)?.(code)
    const letters = Array.from(code, (letter) => letter.charCodeAt(0))
    const isLong = !plain && type === 'technischecompetentie' && mix(...letters) % 4 === 0
    return within({ score: type === 'talen' ? score.talen : score.other })(
      present({
        type: vereiste['type'],
        code: vereiste['code'],
        label: isLong && label !== undefined ? `${label}\n\nDeze competentie is vereist.\n` : label,
        // A driving licence may have only its code.
        ...(!plain && type === 'rijbewijs' && code === 'B' ? { label: undefined } : {}),
        diplomaNiveau: type === 'studie' ? level(levels[code.slice(0, 2)] ?? 'A') : undefined,
        ...vereiste
      })
    )
  }
}

const renamedParent: Rule = (dubbels) => {
  if (!isTree(dubbels)) return dubbels
  const { parentUuid, ...others } = dubbels
  return present({ parentId: parentUuid, ...others })
}

// The party behind an intermediary; its inner shape is not public. Drawn from the number of the vacancy.
const opdrachtgever = (record: Tree, plain: boolean): Tree => {
  const number = branch(record, 'vacatureReferentie.vdabReferentie')
  if (branch(record, 'leverancier.type') !== 'INTERMEDIAIREN' || typeof number !== 'number') return {}
  const dice = createDice(number, 71)
  if (!plain && dice.chance(0.2)) return {}
  return { opdrachtgever: { kboNummer: kbo(dice), naam: company(dice, plain) } }
}

const createRecord = (plain: boolean) => {
  const rule = within({
    functie: within({
      jobdomeinen: each(coded(codes.jobdomeinen)),
      beroepsprofiel: inTurn(
        withLabel([...beroepsprofielen, ...beroepen]),
        within({ ervaring: coded(codes.ervaringen) })
      )
    }),
    profiel: within({ vereisten: each(createRequirement(plain)) }),
    arbeidsovereenkomst: inTurn(
      within({
        arbeidsContract: coded(codes.arbeidscontracten),
        arbeidsContractDuur: coded(codes.arbeidscontractduren),
        arbeidsRegime: coded(codes.arbeidsregimes),
        arbeidsStelsel: each(coded(codes.arbeidsstelsels))
      }),
      withNulls('aantalUur', 'aantalDagen', 'minimumBrutoLoon', 'maximumBrutoLoon', 'vermoedelijkeStartdatum')
    ),
    tewerkstellingsadres: withProvincie,
    sollicitatieprocedure: within({
      sollicitatieVia: withNulls('webformulier', 'email', 'telefoon', 'fax', 'extraInfoProcedure')
    }),
    dubbels: renamedParent
  })
  return (record: Tree): Tree => {
    const changed = rule(record)
    if (!isTree(changed)) return record
    // An `opdrachtgever` that was set through the control API stays.
    return 'opdrachtgever' in changed ? changed : { ...changed, ...opdrachtgever(record, plain) }
  }
}

/**
 * Version 4: codes with labels, `parentId`, `opdrachtgever`, `provincie`, and `totaalAantalResultaten`. The plain world
 * has no label of several lines and no licence without a label.
 */
export const createV4Form = ({ totals, plain }: { totals: Totals; plain: boolean }): Form => ({
  record: createRecord(plain),
  list: (total, resultaten) => ({
    ...(totals === 'aantal' ? {} : { totaalAantalResultaten: total }),
    ...(totals === 'totaalAantalResultaten' ? {} : { aantal: total }),
    resultaten
  })
})
