/** Generated records that are always there under the same id, whatever the seed: the two ends of what a record can hold. */
export const landmarks = {
  vacatureMetAlles: 'aaaaaaaa-0000-4000-8000-000000000001',
  vacatureMetBijnaNiets: 'aaaaaaaa-0000-4000-8000-000000000002',
  kandidaatMetAlles: 'bbbbbbbb-0000-4000-8000-000000000001',
  kandidaatMetBijnaNiets: 'bbbbbbbb-0000-4000-8000-000000000002'
} as const
