/** Generated records with the same id for every seed: one with all members, one with the minimum. */
export const landmarks = {
  vacatureMetAlles: 'aaaaaaaa-0000-4000-8000-000000000001',
  vacatureMetBijnaNiets: 'aaaaaaaa-0000-4000-8000-000000000002',
  kandidaatMetAlles: 'bbbbbbbb-0000-4000-8000-000000000001',
  kandidaatMetBijnaNiets: 'bbbbbbbb-0000-4000-8000-000000000002'
} as const
