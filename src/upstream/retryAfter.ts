const secondMs = 1000

/** The wait in ms of a Retry-After header, in seconds or as a date (RFC 9110, 10.2.3); undefined = unreadable. */
export const readRetryAfter = (header: string | undefined, now: number): number | undefined => {
  const given = header?.trim() ?? ''
  if (given === '') return undefined
  const ms = /^\d+(\.\d+)?$/.test(given) ? Number(given) * secondMs : Date.parse(given) - now
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
