/**
 * How `CACHE_MAX_MB` is divided, in eighths: the answers of VDAB; their parsed objects; whole responses and parts of
 * responses; data about requests, such as parsed documents.
 */
export const eighths = { records: 4, objects: 1, answers: 2, requests: 1 } as const
