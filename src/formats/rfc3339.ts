const day = /^\d{4}-\d{2}-\d{2}$/
const dateTime =
  /^(\d{4}-\d{2}-\d{2})t([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?(?:z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i
const longest = 64
const minuteMs = 60_000
/** Leap seconds are added at the end of these days, and there alone (RFC 3339, 5.7). */
const leapSeconds = /-(06-30|12-31)T23:59:59/

/** Is this a calendar date, `YYYY-MM-DD`, whose day exists (RFC 3339, full-date)? */
export const isDay = (text: string): boolean => {
  if (!day.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/**
 * The instant that a text means, in UTC with milliseconds, where it is a date-time of RFC 3339 (5.6): seconds and a zone
 * are there, and hours, minutes and the offset exist. A leap second is the instant after it. Undefined for any other text.
 */
export const readInstant = (text: string): string | undefined => {
  const [
    ,
    date = '',
    hour = '',
    minute = '',
    second = '',
    fraction = '',
    sign = '+',
    offsetHours = '0',
    offsetMinutes = '0'
  ] = (text.length <= longest && dateTime.exec(text)) || []
  if (!isDay(date)) return undefined
  const isLeap = second === '60'
  const local = Date.parse(`${date}T${hour}:${minute}:${isLeap ? '59' : second}Z`)
  const utc = local - (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes)) * minuteMs
  const instant = new Date(isLeap ? utc + 1000 : utc + Number(fraction.slice(1, 4).padEnd(3, '0')))
  if (isLeap && !leapSeconds.test(new Date(utc).toISOString())) return undefined
  return /^\d{4}-/.test(instant.toISOString()) ? instant.toISOString() : undefined // an offset may lead out of the years that have four digits
}
