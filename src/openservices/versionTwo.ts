import { isJsonObject } from '../formats/exactJson.ts'
import { readPage, vacatureId } from '../upstream/records.ts'
import type { VdabRecord } from '../upstream/records.ts'
import type { VdabForRequest } from '../vdab/lookup.ts'
import type { Versions } from './versions.ts'

/** The conversion of a member of version 4 to version 2: the bare code, removal, or rules for its own members. */
type Rule = 'code' | 'drop' | { readonly [member: string]: Rule }

const adres = { provincie: 'drop', regioCode: 'code' } as const
/**
 * The members of a Vacature that differ between the versions (upstream.md §3.1, §8 row 11). Version 2 omits members
 * that version 4 sends as null.
 */
const vacature: Rule = {
  opdrachtgever: 'drop',
  functie: { jobdomeinen: 'code', beroepsprofiel: { label: 'drop', ervaring: 'code' } },
  profiel: { vereisten: { label: 'drop', score: 'code', diplomaNiveau: 'drop' } },
  arbeidsovereenkomst: {
    arbeidsContract: 'code',
    arbeidsContractDuur: 'code',
    arbeidsRegime: 'code',
    arbeidsStelsel: 'code'
  },
  tewerkstellingsadres: adres,
  sollicitatieprocedure: { sollicitatieAdres: adres }
}

const written = (value: unknown, rule: Rule): unknown => {
  if (Array.isArray(value)) return value.map((item) => written(item, rule)).filter((item) => item !== undefined)
  if (rule === 'drop') return undefined
  if (!isJsonObject(value)) return value
  if (rule === 'code') return value['code']
  const ruleOf = (name: string) => (Object.hasOwn(rule, name) ? rule[name] : undefined) ?? {}
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, written(member, ruleOf(name))])
      .filter(([, member]) => member != null)
  )
}

const withParentUuid = (record: VdabRecord): VdabRecord => {
  const { dubbels } = record
  if (!isJsonObject(dubbels) || !('parentId' in dubbels)) return record
  const { parentId, ...rest } = dubbels
  return { ...record, dubbels: { parentUuid: parentId, ...rest } }
}

/** A record of version 4 in the form of version 2. */
export const toVersionTwo = (record: VdabRecord): VdabRecord =>
  // an object remains one object
  withParentUuid(written(record, vacature) as VdabRecord)

/** The statuses of search items, from their full records, through the cache and the batcher. */
const withStatus = async (items: readonly VdabRecord[], vdab: VdabForRequest): Promise<VdabRecord[]> => {
  const { detail } = vdab.at()
  const records = await Promise.all(items.map(async (item) => detail('vacature', vacatureId(item) ?? '')))
  return items.map((item, index) => {
    const status = records[index]?.['status']
    return status === undefined ? item : { ...item, status }
  })
}

/**
 * VDAB uses version 4, and the path is of version 2: a code is bare, the total is `aantal` (upstream.md §2.1) [seed],
 * and members that exist only in version 4 are omitted. Version 4 does not know `velden=status`, so the status comes
 * from the full records.
 */
export const fromVersionFour: Versions = {
  page: async (name, parameters, vdab) => {
    const { velden = [], ...rest } = parameters
    const known = velden.filter((value) => value !== 'status')
    const asked = known.length > 0 ? { ...rest, velden: known } : rest
    const { totaal, items } = readPage(await vdab.at().page(name, asked))
    const resultaten = known.length < velden.length ? await withStatus(items, vdab) : items
    return { aantal: totaal, resultaten: resultaten.map(toVersionTwo) }
  },
  records: (records) => records.map(toVersionTwo)
}
