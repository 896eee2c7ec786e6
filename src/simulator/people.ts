import type { Dice } from './random.ts'

// These values can be recognised in places where no personal data may appear: names contain "proef", numbers contain
// four zeros in a row or start with 99, and all birthdays are on 29 February.
const firstSyllables = ['ka', 'li', 'mo', 'ne', 'ru', 'sa', 'ti', 'vo', 'wi', 'ze']
const lastSyllables = ['bel', 'dra', 'fos', 'gim', 'lux', 'nor', 'pim', 'quo', 'ster', 'vank']

const spellings: readonly ((end: string) => string)[] = [
  (end) => `+324700000${end}`,
  (end) => `04700000${end}`,
  (end) => `0470/00.00.${end}`,
  (end) => `0032 470 00 00 ${end}`,
  (end) => `+32 (0)470 00 00 ${end}`,
  (end) => `02 000 00 ${end}`
]

/** A phone number in one of several notations; always in the same notation in the plain world. */
export const phone = (dice: Dice, plain: boolean) =>
  dice.pick(plain ? spellings.slice(0, 1) : spellings)(String(dice.below(100)).padStart(2, '0'))

/** An invented name with an e-mail address; in the plain world the first name is trimmed. */
export const person = (dice: Dice, plain: boolean) => {
  const voornaam = `Proef${dice.pick(firstSyllables)}${dice.pick(firstSyllables)}`
  const parts = [['Proef', 'Van Proef', "D'Proef"], lastSyllables, ['', 'ink', 'sma']]
  const achternaam = parts.map((part) => dice.pick(part)).join('')
  const roepnaam = dice.chance(0.3) && !plain ? `${voornaam.slice(0, 7)} ` : voornaam
  const email = `${voornaam}.${achternaam.replace(/\W/g, '')}@proef.invalid`.toLowerCase()
  return { voornaam, achternaam, roepnaam, email }
}

/** An invented street and number. */
export const street = (dice: Dice) => ({
  straat: `Proef${dice.pick(firstSyllables)}${dice.pick(['straat', 'laan', 'weg', 'plein'])}`,
  huisnummer: `99${dice.below(90)}`,
  busnummer: dice.chance(0.2) ? `proef ${dice.between(1, 20)}` : undefined
})

/** 29 February of a leap year, `YYYY-MM-DD`. */
export const birthday = (dice: Dice) => `${1952 + 4 * dice.below(14)}-02-29`

/**
 * An invented company. Some names have spaces around them, and some are names of persons; neither occurs in the plain
 * world.
 */
export const company = (dice: Dice, plain: boolean) => {
  const name = `${dice.pick(['Proef', 'PROEF'])}${dice.pick(lastSyllables)}${dice.pick(lastSyllables)}`
  const isPerson = dice.chance(0.05) && !plain
  if (isPerson) return `${person(dice, plain).voornaam} ${person(dice, plain).achternaam} Advies`
  const full = `${name} ${dice.pick(['NV', 'BV', 'VZW', 'Interim', '& Zonen'])}`
  return dice.chance(0.1) && !plain ? `  ${full} ` : full
}

/** A company number that cannot exist: ten digits that start with 099. */
export const kbo = (dice: Dice) => `099${String(dice.below(10_000_000)).padStart(7, '0')}`
