const day = /^\d{4}-\d{2}-\d{2}$/
const dateTime =
  /^(\d{4}-\d{2}-\d{2})t([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?(?:z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i
const maxLength = 64
const minuteMs = 60_000
/** Leap seconds exist only at the end of these days (RFC 3339, 5.7). */
const leapSeconds = /-(06-30|12-31)T23:59:59/

/** Is this a calendar date, `YYYY-MM-DD`, whose day exists (RFC 3339, full-date)? */
export const isDay = (text: string): boolean => {
  if (!day.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/**
 * Converts a date-time of RFC 3339 (5.6) to UTC with milliseconds. Seconds and a zone are required, and hours, minutes
 * and the offset must be valid. A leap second becomes the instant after it. Undefined for any other text.
 */
export const readInstant = (text: string): string | undefined => {
  const [, date = '', hour = '', minute = '', second = '', fraction = '', ...zone] =
    (text.length <= maxLength && dateTime.exec(text)) || []
  const [sign = '+', offsetHours = '0', offsetMinutes = '0'] = zone
  if (!isDay(date)) return undefined
  const isLeap = second === '60'
  const local = Date.parse(`${date}T${hour}:${minute}:${isLeap ? '59' : second}Z`)
  const utc = local - (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes)) * minuteMs
  const instant = new Date(isLeap ? utc + 1000 : utc + Number(fraction.slice(1, 4).padEnd(3, '0')))
  if (isLeap && !leapSeconds.test(new Date(utc).toISOString())) return undefined
  // an offset may lead to a year of five digits
  return /^\d{4}-/.test(instant.toISOString()) ? instant.toISOString() : undefined
}
