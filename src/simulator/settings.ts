/** An invalid setting; the message contains the field and its valid values. */
export class WrongSetting extends Error {}

type Settings = { readonly [name: string]: unknown }

/** A number within bounds, undefined when absent. Throws WrongSetting. */
export const numberIn = (settings: Settings, name: string, low: number, high: number, whole = false) => {
  const value = settings[name]
  if (value === undefined) return undefined
  if (typeof value === 'number' && value >= low && value <= high && (!whole || Number.isInteger(value))) return value
  throw new WrongSetting(`${name} must be a ${whole ? 'whole ' : ''}number from ${low} to ${high}`)
}

/** A text that is not empty, undefined when absent. Throws WrongSetting. */
export const textIn = (settings: Settings, name: string) => {
  const value = settings[name]
  if (value === undefined) return undefined
  if (typeof value === 'string' && value.trim() !== '') return value
  throw new WrongSetting(`${name} must be a text that is not empty`)
}

/** Throws WrongSetting for an unknown field; `what` names the object in the error, e.g. `a fault`. */
export const onlyKnown = (settings: Settings, known: readonly string[], what: string) => {
  const unknown = Object.keys(settings).find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new WrongSetting(`${unknown} is not a field of ${what}; known are ${known.join(', ')}`)
}
