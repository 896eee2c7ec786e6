import { dayAt, dayOf } from './calendar.ts'
import { createCollection } from './collection.ts'
import { createKandidaten, fewestKandidaten } from './kandidaat.ts'
import { CAPACITY } from './timeline.ts'
import { branch } from './tree.ts'
import { createVacatures } from './vacature.ts'
import { fewestVacatures } from './vacature-core.ts'
import { indexOfVdabReferentie } from './vacature-record.ts'

/**
 * The options of the data set. `now` is the simulator's clock in ms; `date` is the day for which the data is generated.
 */
export type WorldOptions = {
  vacatures: number
  kandidaten: number
  seed: number
  date: string | undefined
  /** without the traps of real data */
  plain: boolean
  now: () => number
}

const sizeOf = (name: string, asked: number, fewest: number) => {
  if (!Number.isInteger(asked) || asked < 0 || asked > CAPACITY)
    throw new Error(`${name} must be a whole number from 0 to ${CAPACITY}`)
  // The documented records and the landmarks are always included.
  return Math.max(asked, fewest)
}

/** The vacancies and the CVs. The same seed and date generate the same data. Throws on an invalid option. */
export const createWorld = ({ vacatures, kandidaten, seed, date, plain, now }: WorldOptions) => {
  const today = date === undefined ? dayAt(now()) : dayOf(date)
  if (today === undefined) throw new Error('date must be a date such as 2026-03-01')
  const jobs = createCollection(
    createVacatures({ seed, today, plain, count: sizeOf('vacatures', vacatures, fewestVacatures) }),
    { seed, now, plain }
  )
  const people = createCollection(
    createKandidaten({ seed, today, plain, count: sizeOf('kandidaten', kandidaten, fewestKandidaten) }),
    { seed, now, plain }
  )

  /** A vacancy by its id or its number. */
  const findVacature = (reference: string) => {
    if (!/^\d{1,12}$/.test(reference)) return jobs.find(reference)
    const number = Number(reference)
    const candidates = [0, 1, 2, indexOfVdabReferentie(number)]
    return candidates.find(
      (index) => jobs.has(index) && branch(jobs.record(index), 'vacatureReferentie.vdabReferentie') === number
    )
  }

  return { vacatures: jobs, kandidaten: people, findVacature, today }
}

export type World = ReturnType<typeof createWorld>
