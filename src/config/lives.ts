import type { Reader } from './reader.ts'

const year = 365 * 86_400

/**
 * The settings that replace times of the table of endpoints, by kind; in seconds there, in ms here. What is not set is not
 * here. There are none by which something of a person could be answered stale.
 */
export const readLives = (read: Reader) => {
  const times = (names: Readonly<Record<string, string>>): Readonly<Record<string, number>> =>
    Object.fromEntries(
      Object.entries(names).flatMap(([member, name]) =>
        read.text(name) === undefined ? [] : [[member, read.integer(name, 0, { min: 0, max: year }) * 1000]]
      )
    )
  return {
    vacature: times({
      freshMs: 'FRESH_VACATURE_S',
      followedFreshMs: 'FRESH_VACATURE_FEED_S',
      staleIfErrorMs: 'STALE_VACATURE_S'
    }),
    search: times({ freshMs: 'FRESH_SEARCH_S', staleIfErrorMs: 'STALE_SEARCH_S' }),
    kandidaat: times({ freshMs: 'FRESH_KANDIDAAT_S', followedFreshMs: 'FRESH_KANDIDAAT_FEED_S' }),
    lijst: times({ freshMs: 'FRESH_LIST_S', staleIfErrorMs: 'STALE_LIST_S' })
  }
}
