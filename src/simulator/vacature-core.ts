import { DAY } from './calendar.ts'
import { competenties, oudeCompetenties } from './competent.ts'
import { documentedVacatures } from './documented.ts'
import { domains, jobs, type Job } from './jobs.ts'
import { belgian, places, type Place } from './places.ts'
import { createDice, type Dice } from './random.ts'

/** The values by which a vacancy can be found; they are drawn before the rest of the record. */
export type VacatureCore = {
  /** all members, all members but a duplicate, the minimum, or a random choice */
  extent: 'everything' | 'plain' | 'mixed' | 'bare'
  jobdomeinen: string[]
  job: Job | undefined
  ervaring: string | undefined
  place: Place | undefined
  competenties: string[]
  status: string
  published: number
  einde: number
  versie: number
  /** ms, in order: published, changed, ended */
  moments: number[]
  /** the index of the vacancy that this one duplicates; its own index when others duplicate it */
  parent: number | undefined
}

const fixed = documentedVacatures.length
const everything = fixed
const bare = fixed + 1

/** The minimum number of vacancies. */
export const fewestVacatures = fixed + 2

const days = 180
const elsewhere = belgian.filter(({ postcode }) => postcode !== '1930')
// 99999 is in no list.
const knownCompetences = [...competenties, ...oudeCompetenties].map(([code]) => code)
const competences = knownCompetences.concat('99999')

/**
 * The index of the vacancy that this one duplicates. One or two of every 25 vacancies are duplicates, as if they were
 * published through several channels.
 */
export const parentOf = (index: number) => {
  // The vacancy with all members also has a duplicate.
  if (index === fewestVacatures) return everything
  const place = index % 25
  const isDuplicate = place === 24 || (place === 23 && index % 50 === 23)
  return isDuplicate && index >= 25 ? index - place + 20 : undefined
}

// Events of the last day are in its first minute, since a simulator that starts at noon must not contain later events.
const momentOn = (dice: Dice, day: number, today: number) => day * DAY + dice.below(day === today ? 60 : 86_400) * 1000

const drawDates = (dice: Dice, today: number) => {
  const published = today - Math.floor(dice.roll() ** 2 * days)
  const fate = dice.roll()
  const status = fate < 0.92 ? 'GEPUBLICEERD' : fate < 0.97 ? 'NIET_GEPUBLICEERD' : 'AFGESLOTEN'
  const open = status === 'GEPUBLICEERD'
  const ending = dice.chance(0.4) ? today + dice.between(1, 60) : Infinity
  const einde = open ? ending : dice.between(published, today)
  const versie = dice.chance(0.3) ? dice.between(1, 3) : 0
  const first = momentOn(dice, published, today)
  const second =
    versie === 0 ? first : Math.max(first, momentOn(dice, dice.between(published, Math.min(today, einde)), today))
  const third = open ? second : Math.max(second, momentOn(dice, einde, today))
  return {
    published,
    status,
    einde,
    versie,
    moments: [first, second, third].filter((moment, at, all) => all.indexOf(moment) === at)
  }
}

const drawContent = (dice: Dice, extent: VacatureCore['extent']) => {
  if (extent === 'bare')
    return { jobdomeinen: [], job: undefined, ervaring: undefined, place: undefined, competenties: [] }
  const whole = extent === 'everything'
  const jobdomein = dice.pick(domains)
  const jobdomeinen = whole || dice.chance(0.2) ? [...new Set([jobdomein, dice.pick(domains)])] : [jobdomein]
  const job = whole
    ? { titel: 'Aankoper', beroep: 'eccbc68a-353d-40a7-85aa-6577457b3218' }
    : dice.pick(jobs[jobdomein] ?? [])
  const ervaring = whole || dice.chance(0.9) ? String(dice.below(5)) : undefined
  // The documented search for buyers in Zaventem finds three vacancies, so no generated vacancy may match it.
  const near = jobdomeinen.includes('JOBCAT01') ? elsewhere : belgian
  const place =
    whole || dice.chance(0.91)
      ? dice.pick(near)
      : dice.chance(0.5)
        ? dice.pick(places.slice(belgian.length))
        : undefined
  return { jobdomeinen, job, ervaring, place, competenties: dice.some(competences, whole ? 3 : dice.below(5)) }
}

const isKnown = ({ beroep }: Job) => beroep !== undefined && beroep !== 'M120101-1'
// For the domains in which no job has a code with a label.
const clerk: Job = { titel: 'Administratief medewerker', beroep: 'd70607ef-e4cf-43a9-a340-a1b9e9d8e3f9' }

/** Draws the core values of a vacancy of the plain world: no value is missing, and each code is in a list. */
const createPlainCore =
  (seed: number, today: number) =>
  (index: number): VacatureCore => {
    const dice = createDice(seed, index, 1)
    const dates = drawDates(createDice(seed, index, 2), today)
    const jobdomein = dice.pick(domains)
    const known = (jobs[jobdomein] ?? []).filter(isKnown)
    const isFixed = index < fewestVacatures
    return {
      ...dates,
      extent: 'plain',
      jobdomeinen: [jobdomein],
      job: known.length === 0 ? clerk : dice.pick(known),
      ervaring: String(dice.below(5)),
      place: dice.pick(jobdomein === 'JOBCAT01' ? elsewhere : belgian),
      competenties: dice.some(knownCompetences, dice.between(1, 4)),
      status: isFixed ? 'GEPUBLICEERD' : dates.status,
      einde: isFixed ? today + 30 : Math.min(dates.einde, today + 60),
      parent: undefined
    }
  }

const createTrickyCore =
  (seed: number, today: number) =>
  (index: number): VacatureCore => {
    const original = parentOf(index)
    const dice = createDice(seed, original ?? index, 1)
    const extent: VacatureCore['extent'] =
      index === everything ? 'everything' : index === bare || dice.chance(0.02) ? 'bare' : 'mixed'
    const core = { ...drawDates(createDice(seed, index, 2), today), ...drawContent(dice, extent), extent }
    if (extent === 'everything') return { ...core, status: 'GEPUBLICEERD', einde: today + 30, parent: index }
    if (index === bare) return { ...core, status: 'GEPUBLICEERD', einde: Infinity, parent: undefined }
    // A minimal vacancy does not name the vacancy that it duplicates.
    return { ...core, parent: extent === 'bare' ? undefined : (original ?? (index % 25 === 20 ? index : undefined)) }
  }

/** Draws the core values of a vacancy from its index. */
export const createVacatureCore = (seed: number, today: number, plain: boolean) =>
  plain ? createPlainCore(seed, today) : createTrickyCore(seed, today)
