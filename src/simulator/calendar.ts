/** Milliseconds in a day. Days are counted from 1970-01-01, in UTC. */
export const DAY = 86_400_000

/** `YYYY-MM-DD` of a day number. */
export const dateOf = (day: number) => new Date(day * DAY).toISOString().slice(0, 10)

/** The day number of `YYYY-MM-DD`; undefined for text that is not a date, such as 30 February. */
export const dayOf = (date: string) => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined
  const day = Date.parse(`${date}T00:00:00.000Z`) / DAY
  return Number.isInteger(day) && dateOf(day) === date ? day : undefined
}

/** The day number of an instant (ms). */
export const dayAt = (moment: number) => Math.floor(moment / DAY)

/** The instant (ms) of an ISO time in UTC, with or without milliseconds; undefined for anything else. */
export const momentOf = (text: string) => {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/.test(text)) return undefined
  const moment = Date.parse(text)
  return Number.isNaN(moment) || dayOf(text.slice(0, 10)) === undefined ? undefined : moment
}
