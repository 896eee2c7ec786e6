import type { JobPosting, Place, WithContext } from 'schema-dts'
import { fillTemplate } from '../../formats/urlTemplate.ts'
import { isDay } from '../../formats/rfc3339.ts'
import type { VdabRecord } from '../../upstream/records.ts'
import type { Plaats } from '../plaats/place.ts'
import { credentialOf, employmentTypesOf, monthsOf } from './codes.ts'
import { contactNameOf, createContactRemover } from './contact.ts'
import { descriptionOf } from './description.ts'
import { amountAt, codeAt, objectsAt, textAt } from './fields.ts'

/** A vacancy for search engines: JSON-LD in the vocabulary of schema.org. */
export type VacaturePosting = WithContext<JobPosting>

const dayAt = (record: VdabRecord, name: string): string | undefined => {
  const day = textAt(record, name)
  return day !== undefined && isDay(day) ? day : undefined
}

/** The employer, or the supplier of the vacancy. Undefined if the name is that of the contact person. */
const employerOf = (record: VdabRecord): string | undefined => {
  const name = textAt(record, 'opdrachtgever', 'naam') ?? textAt(record, 'leverancier', 'naam')
  return name?.toLowerCase() === contactNameOf(record)?.toLowerCase() ? undefined : name
}

/** Municipality, postcode, province and country. No street and no point, because they can be a person's home. */
const locationOf = (record: VdabRecord, plaats: Plaats | null | undefined): Place | undefined => {
  const inAddress = (name: string) => textAt(record, 'tewerkstellingsadres', name)
  const addressLocality = plaats?.gemeente ?? inAddress('gemeente')
  const postalCode = plaats?.postcode ?? inAddress('postcode')
  const addressRegion = plaats?.provincie ?? undefined
  const addressCountry = inAddress('landCode') ?? (plaats?.nisCode == null ? undefined : 'BE')
  if (addressLocality === undefined && postalCode === undefined && addressRegion === undefined) return undefined
  return {
    '@type': 'Place',
    address: {
      '@type': 'PostalAddress',
      ...(addressLocality === undefined ? {} : { addressLocality }),
      ...(postalCode === undefined ? {} : { postalCode }),
      ...(addressRegion === undefined ? {} : { addressRegion }),
      ...(addressCountry === undefined ? {} : { addressCountry })
    }
  }
}

/** Pay in euros. VDAB states no period, so there is no unit of time. */
const salaryOf = (record: VdabRecord): Partial<VacaturePosting> => {
  const [minValue, maxValue] = ['minimumBrutoLoon', 'maximumBrutoLoon'].map((name) =>
    amountAt(record, 'arbeidsovereenkomst', name)
  )
  if (minValue === undefined && maxValue === undefined) return {}
  const value = {
    ...(minValue === undefined ? {} : { minValue }),
    ...(maxValue === undefined ? {} : { maxValue })
  }
  const amount = { '@type': 'QuantitativeValue', ...value } as const
  return { baseSalary: { '@type': 'MonetaryAmount', currency: 'EUR', value: amount } }
}

const occupationOf = (record: VdabRecord): Partial<VacaturePosting> => {
  const codeValue = textAt(record, 'functie', 'beroepsprofiel', 'code')
  const name = textAt(record, 'functie', 'beroepsprofiel', 'label')
  if (codeValue === undefined) return name === undefined ? {} : { occupationalCategory: name }
  const labelled = name === undefined ? {} : { name }
  return {
    occupationalCategory: { '@type': 'CategoryCode', codeValue, ...labelled, inCodeSet: 'Competent (VDAB)' }
  }
}

/** The requirements with a certain meaning. Several studies are left out: all or any of them may be required. */
const requirementsOf = (record: VdabRecord): Partial<VacaturePosting> => {
  const months = monthsOf(codeAt(record, 'functie', 'beroepsprofiel', 'ervaring'))
  const studies = objectsAt(record, 'profiel', 'vereisten').filter((one) => textAt(one, 'type') === 'studie')
  const [study, other] = studies
  const credential = study && !other ? credentialOf(codeAt(study, 'diplomaNiveau')) : undefined
  return {
    ...(months === 0 ? { experienceRequirements: 'no requirements' } : {}),
    ...(months === undefined || months === 0
      ? {}
      : { experienceRequirements: { '@type': 'OccupationalExperienceRequirements', monthsOfExperience: months } }),
    ...(credential === undefined
      ? {}
      : {
          educationRequirements: {
            '@type': 'EducationalOccupationalCredential',
            credentialCategory: credential
          }
        })
  }
}

const othersOf = (record: VdabRecord, pageUrl: string): Partial<VacaturePosting> => {
  const inAgreement = (name: string) => codeAt(record, 'arbeidsovereenkomst', name)
  const kinds = employmentTypesOf({
    regime: inAgreement('arbeidsRegime'),
    duration: inAgreement('arbeidsContractDuur'),
    contract: inAgreement('arbeidsContract')
  })
  const id = textAt(record, 'vacatureReferentie', 'interneReferentie')
  const vdabReferentie = textAt(record, 'vacatureReferentie', 'vdabReferentie')
  const value = vdabReferentie ?? id
  const validThrough = dayAt(record, 'depublicatieDatum')
  const totalJobOpenings = amountAt(record, 'aantalJobs')
  const url = fillTemplate(pageUrl, { id, vdabReferentie })
  return {
    ...(validThrough === undefined ? {} : { validThrough }),
    ...(kinds.length === 0 ? {} : { employmentType: kinds }),
    ...(value === undefined ? {} : { identifier: { '@type': 'PropertyValue', name: 'VDAB', value } }),
    ...(totalJobOpenings === undefined ? {} : { totalJobOpenings }),
    ...(url === undefined ? {} : { url })
  }
}

/**
 * A published vacancy as JobPosting. Null if it is not published, or if VDAB's record lacks one of the five properties
 * that Google requires: title, description, datePosted, hiringOrganization, jobLocation.
 */
export const postingOf = (
  record: VdabRecord,
  { plaats, pageUrl }: { plaats: Plaats | null | undefined; pageUrl: string }
): VacaturePosting | null => {
  if ((textAt(record, 'status') ?? 'GEPUBLICEERD') !== 'GEPUBLICEERD') return null
  const withoutContact = createContactRemover(record)
  const title = textAt(record, 'functie', 'functieTitel')
  const description = descriptionOf(record, withoutContact)
  const datePosted = dayAt(record, 'publicatieDatum')
  const employer = employerOf(record)
  const jobLocation = locationOf(record, plaats)
  if (title === undefined || description === undefined || datePosted === undefined) return null
  if (employer === undefined || jobLocation === undefined) return null
  return {
    '@context': 'https://schema.org',
    '@type': 'JobPosting',
    title: withoutContact(title),
    description,
    datePosted,
    hiringOrganization: { '@type': 'Organization', name: employer },
    jobLocation,
    ...othersOf(record, pageUrl),
    ...occupationOf(record),
    ...requirementsOf(record),
    ...salaryOf(record)
  }
}
