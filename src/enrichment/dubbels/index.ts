import type { VdabRecord } from '../../upstream/records.ts'
import { factsOf } from './facts.ts'
import type { DuplicateFacts } from './facts.ts'
import { createGroups } from './groups.ts'
import { likeness } from './shingles.ts'

/** Three of four shingles are equal: the same job, with a different date or contact in the text. */
const minLikeness = 0.75
const maxLeden = 50

/** A duplicate of a vacancy, as the type DubbelLid of the schema. */
export type DubbelLid = {
  /** in lower case */
  readonly interneReferentie: string
  /** `VDAB`: VDAB names the duplicate. `TEKST`: equal employer and place, and nearly equal text */
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
 * Finds duplicates among the last `max` vacancies that this process has read. Vacancies are grouped, never merged. The
 * duplicates that VDAB names come first. Texts are compared only between vacancies of one employer in one place.
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
    /** Adds or replaces a record that VDAB sent; `id` in lower case. */
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
    /** Removes a vacancy that changed or was removed; without an id, removes all. */
    forget: (id?: string) => {
      for (const one of id === undefined ? [...known.keys()] : [id]) forget(one)
    },
    /**
     * The duplicates of a vacancy among those that this process has read, at most 50. Those that VDAB names come first.
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
