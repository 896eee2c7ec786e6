/**
 * How `CACHE_MAX_MB` is divided, in eighths: records, pages and lists; those records that are asked for again as objects; kept
 * answers and parts of answers; what is kept of requests.
 */
export const eighths = { records: 4, objects: 1, answers: 2, requests: 1 } as const
