import { dayOf, momentOf } from './calendar.ts'
import { Refusal } from './errors.ts'

/** The values of a repeated parameter, without empty ones. */
export const values = (query: URLSearchParams, name: string) => query.getAll(name).filter((value) => value !== '')

/**
 * A whole number of 0 or more; the default when absent. Throws a 400 Refusal on anything else, or above the maximum.
 */
export const integer = (query: URLSearchParams, name: string, standard: number, maximum = Number.MAX_SAFE_INTEGER) => {
  const [text] = values(query, name)
  if (text === undefined) return standard
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(number)) throw new Refusal(400, `Parameter ${name} must be a whole number of 0 or more`)
  if (number > maximum) throw new Refusal(400, `Parameter ${name} must not exceed ${maximum}`)
  return number
}

/** `vanaf` and `aantal`. Throws on too large a page instead of reducing it. */
export const page = (query: URLSearchParams, standard: number, maximum: number) => ({
  vanaf: integer(query, 'vanaf', 0),
  aantal: integer(query, 'aantal', standard, maximum)
})

/** True or false, false when absent. Throws a 400 Refusal on any other value. */
export const flag = (query: URLSearchParams, name: string) => {
  const [text] = values(query, name)
  if (text !== undefined && text !== 'true' && text !== 'false')
    throw new Refusal(400, `Parameter ${name} must be true or false`)
  return text === 'true'
}

/**
 * The values of a parameter with a fixed set of values and a maximum number of them. Throws a 400 Refusal otherwise.
 */
export const words = (query: URLSearchParams, name: string, allowed: readonly string[], maximum = allowed.length) => {
  const given = query.getAll(name)
  if (given.length > maximum) throw new Refusal(400, `Parameter ${name} takes at most ${maximum} values`)
  const unknown = given.find((word) => !allowed.includes(word))
  if (unknown !== undefined) throw new Refusal(400, `Parameter ${name} must be one of ${allowed.join(', ')}`)
  return given
}

/** A required instant in ms. Throws a 400 Refusal when it is absent or not an ISO time in UTC. */
export const moment = (query: URLSearchParams, name: string) => {
  const parsed = momentOf(query.get(name) ?? '')
  if (parsed === undefined) throw new Refusal(400, `Parameter ${name} must be a time such as 2020-05-11T10:00:00.000Z`)
  return parsed
}

/** A required day number, from a date or from a timestamp. Throws a 400 Refusal otherwise. */
export const day = (query: URLSearchParams, name: string) => {
  const text = query.get(name) ?? ''
  const parsed = dayOf(/^.{10}T/.test(text) ? text.slice(0, 10) : text)
  if (parsed === undefined) throw new Refusal(400, `Parameter ${name} must be a date such as 2022-12-20`)
  return parsed
}
