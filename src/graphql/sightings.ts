/** A few minutes of documents at the pace of one core. */
const places = 65_536

/**
 * Which documents were asked lately, in 256 kB whatever is asked: of each the first half of its hash, in a place that the
 * hash tells, until another one takes it. It may forget one, or take one for another; it decides no more than what is worth keeping.
 */
export const createSightings = () => {
  const seen = new Int32Array(places)
  return {
    /** Notes a hash in hex; true when it was there. */
    note(hash: string): boolean {
      const number = Number.parseInt(hash.slice(0, 8), 16) | 0
      const place = Number.parseInt(hash.slice(8, 12), 16)
      const wasSeen = seen[place] === number
      seen[place] = number
      return wasSeen
    }
  }
}
