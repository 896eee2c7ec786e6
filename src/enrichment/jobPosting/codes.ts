/**
 * Maps VDAB's codes to the values that Google documents for JobPosting
 * (developers.google.com/search/docs/appearance/structured-data/job-posting). The labels of the codes are in
 * upstream.md §4. The tables contain only codes with a certain meaning; the others have no value.
 */
type EmploymentType = 'FULL_TIME' | 'PART_TIME' | 'CONTRACTOR' | 'TEMPORARY' | 'INTERN' | 'VOLUNTEER'

const byRegime: Readonly<Record<string, EmploymentType>> = { V: 'FULL_TIME', D: 'PART_TIME' }

/** `BEPAALD` is a guess of upstream.md; other codes have no value. */
const byDuration: Readonly<Record<string, EmploymentType>> = { BEPAALD: 'TEMPORARY' }

const byContract: Readonly<Record<string, EmploymentType>> = {
  // interim work and temporary jobs, also with the option of a permanent one
  ...{ I: 'TEMPORARY', IV: 'TEMPORARY', T: 'TEMPORARY', TV: 'TEMPORARY', CONTRACTBEP: 'TEMPORARY' },
  // contracts that replace someone
  ...{ F: 'TEMPORARY', L: 'TEMPORARY', Q: 'TEMPORARY' },
  // student jobs: by law for a limited time
  ...{ V: 'TEMPORARY', STUDJOB: 'TEMPORARY' },
  ...{ FS: 'INTERN', S: 'INTERN', STAGES: 'INTERN' },
  VW: 'VOLUNTEER',
  Z: 'CONTRACTOR',
  // less than 13 hours a week
  GB: 'PART_TIME'
}

type Agreement = { regime: string | undefined; duration: string | undefined; contract: string | undefined }

const wordOf = (table: Readonly<Record<string, EmploymentType>>, code: string | undefined) =>
  code !== undefined && Object.hasOwn(table, code) ? table[code] : undefined

/** The employment types of the codes of an agreement, each once; empty if the codes have none. */
export const employmentTypesOf = ({ regime, duration, contract }: Agreement): readonly EmploymentType[] => {
  const found = [wordOf(byRegime, regime), wordOf(byContract, contract), wordOf(byDuration, duration)]
  return [...new Set(found.filter((word) => word !== undefined))]
}

/** Months of required experience by VDAB's code; 0 = none. `2` (less than two years) has no lower bound. */
const months: Readonly<Record<string, number>> = { 0: 0, 1: 0, 3: 24, 4: 60 }

/** The months of required experience; undefined if the code has no lower bound. */
export const monthsOf = (ervaring: string | undefined): number | undefined =>
  ervaring !== undefined && Object.hasOwn(months, ervaring) ? months[ervaring] : undefined

/** Google's values for levels of study, by VDAB's letter. */
const credentials: Readonly<Record<string, string>> = {
  C: 'high school',
  F: 'associate degree',
  D: 'bachelor degree',
  E: 'postgraduate degree'
}

/** Google's value for a level of study; undefined if there is none. */
export const credentialOf = (niveau: string | undefined): string | undefined =>
  niveau !== undefined && Object.hasOwn(credentials, niveau) ? credentials[niveau] : undefined
