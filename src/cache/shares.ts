/**
 * The division of `CACHE_MAX_MB`, in eighths: VDAB's responses; their parsed objects; whole responses and parts of
 * responses; data about requests, such as parsed documents.
 */
export const eighths = { records: 4, objects: 1, answers: 2, requests: 1 } as const
