import type { VdabRecord } from '../../upstream/records.ts'
import { factsOf } from './facts.ts'
import type { DuplicateFacts } from './facts.ts'
import { createGroups } from './groups.ts'
import { likeness } from './shingles.ts'

/** Three of four shingles are equal: an advert with another date or contact, not another job. */
const minLikeness = 0.75
const maxLeden = 50

/** A vacancy that is the same as another one, as the type DubbelLid of the schema. */
export type DubbelLid = {
  /** in lower case */
  readonly interneReferentie: string
  /** `VDAB`: VDAB says so. `TEKST`: the employer and the place are equal, and the text nearly so */
  readonly reden: 'VDAB' | 'TEKST'
  readonly zekerheid: 'ZEKER' | 'WAARSCHIJNLIJK'
}

const lidOf =
  (reden: DubbelLid['reden']) =>
  (interneReferentie: string): DubbelLid => ({
    interneReferentie,
    reden,
    zekerheid: reden === 'VDAB' ? 'ZEKER' : 'WAARSCHIJNLIJK'
  })

/**
 * The duplicates among the last `max` vacancies that this process has read. Vacancies are grouped, never merged. What
 * VDAB says comes first; the texts are compared among the vacancies of one employer in one place.
 */
export const createDubbels = ({ max }: { max: number }) => {
  const known = new Map<string, DuplicateFacts>()
  const [parents, numbers, named, employers] = [createGroups(), createGroups(), createGroups(), createGroups()]

  const groupsOf = ({ parent, nummer, nummers, keys }: DuplicateFacts) => [
    ...(parent === undefined ? [] : [[parents, parent] as const]),
    ...(nummer === undefined ? [] : [[numbers, nummer] as const]),
    ...nummers.map((number) => [named, number] as const),
    ...keys.map((key) => [employers, key] as const)
  ]
  const forget = (id: string) => {
    const facts = known.get(id)
    if (!facts) return
    for (const [group, key] of groupsOf(facts)) group.delete(key, id)
    known.delete(id)
  }

  const byVdab = (id: string, { parent, nummer, nummers }: DuplicateFacts) => [
    ...(parent === undefined ? [] : [...(known.has(parent) ? [parent] : []), ...parents.of(parent)]),
    ...parents.of(id),
    ...nummers.flatMap(numbers.of),
    ...(nummer === undefined ? [] : named.of(nummer))
  ]
  const byText = ({ keys, signature }: DuplicateFacts) =>
    signature === undefined
      ? []
      : keys
          .flatMap(employers.of)
          .filter((other) => likeness(signature, known.get(other)?.signature ?? '') >= minLikeness)

  return {
    /** Adds a record that VDAB sent, or replaces it; `id` in lower case. */
    note: (id: string, record: VdabRecord) => {
      forget(id)
      const [oldest] = known.size >= max ? known.keys() : []
      if (oldest !== undefined) forget(oldest)
      const facts = factsOf(record)
      known.set(id, facts)
      for (const [group, key] of groupsOf(facts)) group.add(key, id)
    },
    /** The number of vacancies that are compared. */
    size: () => known.size,
    /** Forgets a vacancy that changed or was removed; all of them without an id. */
    forget: (id?: string) => {
      for (const one of id === undefined ? [...known.keys()] : [id]) forget(one)
    },
    /**
     * The vacancies that are the same as this one, as far as this process has read them: first those that VDAB names,
     * at most 50.
     */
    of: (id: string, record: VdabRecord): readonly DubbelLid[] => {
      const facts = known.get(id) ?? factsOf(record)
      const vdab = new Set(byVdab(id, facts))
      const tekst = new Set(byText(facts).filter((one) => !vdab.has(one)))
      for (const ids of [vdab, tekst]) ids.delete(id)
      return [...[...vdab].sort().map(lidOf('VDAB')), ...[...tekst].sort().map(lidOf('TEKST'))].slice(0, maxLeden)
    }
  }
}

export type Dubbels = ReturnType<typeof createDubbels>
