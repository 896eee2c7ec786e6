import type { VdabRecord } from '../../upstream/records.ts'
import { codeOf, itemsOf, memberOf } from '../values.ts'
import type { Code } from '../values.ts'

/** The parts in which a vacancy and a CV are compared. */
export const delen = ['beroep', 'competenties', 'talen', 'studies', 'rijbewijzen', 'regio'] as const
export type Deel = (typeof delen)[number]

/** A code as the type Referentie of the schema. */
type Listed = Code & { readonly lijst: string }
/** Per part, the codes that a vacancy requires. */
export type Gevraagd = Readonly<Record<Deel, readonly Listed[]>>
/** Per part, the codes that a CV has; `regio`: where the person wants to work. */
export type Aanwezig = Readonly<Record<Deel, ReadonlySet<string>>>
/** The required codes of a vacancy that the CV has or lacks; a part is null if the vacancy requires nothing. */
export type Overlap = Readonly<
  Record<Deel, { readonly gedeeld: readonly Listed[]; readonly ontbrekend: readonly Listed[] } | null>
>

/** The part and the list of a requirement or a competence, by its `type` in lower case (upstream.md §3.1.1, §3.4). */
const byType: Readonly<Record<string, { readonly deel: Deel; readonly lijst: string }>> = {
  technischecompetentie: { deel: 'competenties', lijst: 'COMPETENTIES' },
  competentie: { deel: 'competenties', lijst: 'COMPETENTIES' },
  softskill: { deel: 'competenties', lijst: 'SOFTSKILLS' },
  talen: { deel: 'talen', lijst: 'TALEN' },
  studie: { deel: 'studies', lijst: 'DIPLOMAS' },
  rijbewijs: { deel: 'rijbewijzen', lijst: 'RIJBEWIJZEN' }
}

/** A code, its list and its part; undefined for a type that is not compared, or without a code. */
const typed = (item: unknown, from: unknown = item): (Listed & { readonly deel: Deel }) | undefined => {
  const type = memberOf(item, 'type')
  const row = typeof type === 'string' ? byType[type.toLowerCase()] : undefined
  const code = codeOf(from)
  return row && code && { ...code, ...row }
}

// A competence and a soft skill can have the same number, so the key contains the list.
const keyOf = ({ lijst, code }: Listed) => `${lijst} ${code.toUpperCase()}`

/** A region of VDAB; only these can be searched and compared. */
const region = /^BE[0-9A-Z]{1,5}$/

/** The requirements of a vacancy. */
export const gevraagdDoor = (vacature: VdabRecord): Gevraagd => {
  const beroep = codeOf(memberOf(vacature['functie'], 'beroepsprofiel'))
  const adres = vacature['tewerkstellingsadres']
  const regio = codeOf(memberOf(adres, 'regioCode')) ?? codeOf(memberOf(adres, 'provincie'))
  const vereisten = itemsOf(memberOf(vacature['profiel'], 'vereisten')).flatMap((item) => typed(item) ?? [])
  const of = (deel: Deel): readonly Listed[] => {
    const found = new Map(vereisten.filter((one) => one.deel === deel).map((one) => [keyOf(one), one]))
    return [...found.values()].map(({ code, label, lijst }) =>
      label === undefined ? { code, lijst } : { code, label, lijst }
    )
  }
  return {
    beroep: beroep ? [{ ...beroep, lijst: 'SJABLONEN' }] : [],
    competenties: of('competenties'),
    talen: of('talen'),
    studies: of('studies'),
    rijbewijzen: of('rijbewijzen'),
    regio: regio && region.test(regio.code) ? [{ ...regio, lijst: 'REGIOS' }] : []
  }
}

/** The codes of a CV. */
export const aanwezigIn = (kandidaat: VdabRecord): Aanwezig => {
  const wens = kandidaat['gewensteJob']
  const held = [
    ...itemsOf(kandidaat['competenties']).map((item) => typed(item)),
    ...itemsOf(kandidaat['attesteringen']).map((item) => typed(item)),
    ...itemsOf(kandidaat['opleidingen']).map((item) => typed(item, memberOf(item, 'naam')))
  ].flatMap((one) => one ?? [])
  const of = (deel: Deel) => new Set(held.filter((one) => one.deel === deel).map(keyOf))
  const codes = (values: unknown, lijst: string) =>
    new Set(
      itemsOf(values)
        .flatMap((value) => codeOf(value) ?? [])
        .map(({ code }) => keyOf({ code, lijst }))
    )
  return {
    beroep: codes(
      itemsOf(memberOf(wens, 'functies')).map((functie) => memberOf(functie, 'beroepsprofiel')),
      'SJABLONEN'
    ),
    competenties: of('competenties'),
    talen: of('talen'),
    studies: of('studies'),
    rijbewijzen: of('rijbewijzen'),
    regio: codes(memberOf(wens, 'regios'), 'REGIOS')
  }
}

/** A region and the regions that contain it, smallest first: `BE231A`, `BE231`, `BE23`, `BE2`. */
export const regionsAround = (code: string): readonly string[] =>
  Array.from({ length: code.length - 2 }, (_, dropped) => code.slice(0, code.length - dropped))

const has = (deel: Deel, listed: Listed, aanwezig: Aanwezig): boolean =>
  deel === 'regio'
    ? regionsAround(listed.code).some((code) => aanwezig.regio.has(keyOf({ ...listed, code })))
    : aanwezig[deel].has(keyOf(listed))

/** Compares a vacancy with a CV. All objects are new, because they are personal data of the person in the CV. */
export const overlapOf = (gevraagd: Gevraagd, aanwezig: Aanwezig): Overlap => {
  const of = (deel: Deel) => {
    const asked = gevraagd[deel].map((listed) => ({ ...listed }))
    if (asked.length === 0) return null
    return {
      gedeeld: asked.filter((listed) => has(deel, listed, aanwezig)),
      ontbrekend: asked.filter((listed) => !has(deel, listed, aanwezig))
    }
  }
  return {
    beroep: of('beroep'),
    competenties: of('competenties'),
    talen: of('talen'),
    studies: of('studies'),
    rijbewijzen: of('rijbewijzen'),
    regio: of('regio')
  }
}

/** The number of parts with a shared code. */
export const sharedParts = (overlap: Overlap): number =>
  delen.filter((deel) => (overlap[deel]?.gedeeld.length ?? 0) > 0).length
