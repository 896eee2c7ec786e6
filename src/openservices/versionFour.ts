import { isJsonObject } from '../formats/exactJson.ts'
import type { LijstName } from '../upstream/lijsten.ts'
import { readPage, type VdabRecord } from '../upstream/records.ts'
import type { VdabForRequest } from '../vdab/lookup.ts'
import { createLabels, type Labels } from './labels.ts'
import { provincieOf } from './provincie.ts'
import type { Versions } from './versions.ts'

/** Converts a member of version 2 to version 4. */
type Rule = (value: unknown, labels: Labels) => unknown
type Members = Readonly<Record<string, unknown>>

const present = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

/** `{ code, label }` of a bare code; without a label if the list has none, as VDAB does. */
const coded =
  (lijst?: LijstName): Rule =>
  (value, labels) =>
    typeof value === 'string' ? present({ code: value, label: lijst && labels.of(lijst, value) }) : value

const each =
  (rule: Rule): Rule =>
  (value, labels) =>
    Array.isArray(value) ? value.map((item) => rule(item, labels)) : value

const within =
  (
    rules: Readonly<Record<string, Rule>>,
    finish: (members: Members, labels: Labels) => Members = (members) => members
  ): Rule =>
  (value, labels) =>
    isJsonObject(value)
      ? finish(
          Object.fromEntries(
            Object.entries(value).map(([name, member]) => {
              const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
              return [name, rule ? rule(member, labels) : member]
            })
          ),
          labels
        )
      : value

/** Version 4 sends these members as null, version 2 omits them (upstream.md §3.1) [strong]. */
const withNulls =
  (...names: readonly string[]) =>
  (members: Members): Members => ({
    ...members,
    ...Object.fromEntries(names.map((name) => [name, members[name] ?? null]))
  })

const labelled =
  (lijst: LijstName | undefined) =>
  (members: Members, labels: Labels): Members => {
    const { code } = members
    const label = lijst !== undefined && typeof code === 'string' ? labels.of(lijst, code) : undefined
    return label === undefined ? members : { label, ...members }
  }

/** The list of the code of a requirement, by its type in lower case (upstream.md §3.1.1). */
const lijstOfVereiste: Readonly<Record<string, LijstName>> = {
  technischecompetentie: 'COMPETENTIES',
  competentie: 'COMPETENTIES',
  softskill: 'SOFTSKILLS',
  talen: 'TALEN',
  studie: 'DIPLOMAS',
  rijbewijs: 'RIJBEWIJZEN',
  attest: 'ATTESTEN'
}

const vereiste = within({ score: coded(), diplomaNiveau: coded('STUDIEBOOM') }, (members, labels) => {
  const type = typeof members['type'] === 'string' ? members['type'].toLowerCase() : ''
  const lijst = Object.hasOwn(lijstOfVereiste, type) ? lijstOfVereiste[type] : undefined
  return labelled(lijst)(type === '' ? members : { ...members, type }, labels)
})

const rules = {
  functie: within({
    jobdomeinen: each(coded('JOBDOMEINEN')),
    beroepsprofiel: within({ ervaring: coded('ERVARING') }, labelled('SJABLONEN'))
  }),
  profiel: within({ vereisten: each(vereiste) }),
  arbeidsovereenkomst: within(
    {
      arbeidsContract: coded('ARBEIDSCONTRACTEN'),
      arbeidsContractDuur: coded('ARBEIDSCONTRACTDUREN'),
      arbeidsRegime: coded('ARBEIDSREGIMES'),
      arbeidsStelsel: each(coded('ARBEIDSSTELSELS'))
    },
    withNulls('aantalUur', 'aantalDagen', 'minimumBrutoLoon', 'maximumBrutoLoon', 'vermoedelijkeStartdatum')
  ),
  sollicitatieprocedure: within({
    sollicitatieVia: within({}, withNulls('webformulier', 'email', 'telefoon', 'fax', 'extraInfoProcedure'))
  }),
  dubbels: within({}, ({ parentUuid, ...rest }) => present({ parentId: parentUuid, ...rest }))
}

/** A search item has the branches that `velden` names, and an address without its province. */
const item = within(rules)
const record = within({
  ...rules,
  tewerkstellingsadres: within({}, (adres) =>
    present({ ...adres, provincie: adres['provincie'] ?? provincieOf(adres) })
  )
})

const write = async (
  rule: Rule,
  given: readonly VdabRecord[],
  vdab: VdabForRequest
): Promise<readonly VdabRecord[]> => {
  const labels = createLabels(vdab)
  const writeAll = () => given.map((one) => rule(one, labels) as VdabRecord) // an object remains one object
  const written = writeAll()
  return (await labels.load()) ? writeAll() : written
}

/**
 * VDAB uses version 2, and the path is of version 4: a code becomes `{ code, label }` with the label of VDAB's list,
 * the total has both names (upstream.md §2.1, §8 row 6), and some absent members are null. Members that version 2 does
 * not have stay absent (docs/how-to/move-a-vdab-client.md).
 */
export const fromVersionTwo: Versions = {
  page: async (name, parameters, vdab) => {
    const { totaal, items } = readPage(await vdab.at().page(name, parameters))
    return { totaalAantalResultaten: totaal, aantal: totaal, resultaten: await write(item, items, vdab) }
  },
  records: (records, vdab) => write(record, records, vdab)
}
