/**
 * How far Redis' clock is ahead of the cache's: the answer to a command was given between its sending and its arrival,
 * so the difference lies between two bounds. Each conversion takes the bound that makes a value older.
 */
export const createFarClock = () => {
  let least = 0
  let most = 0
  return {
    /** Redis said `time` to a command that was sent at one instant of this clock and answered at another, in ms. */
    note: (time: number, sentAt: number, answeredAt: number) => {
      least = time - answeredAt
      most = time - sentAt
    },
    /** The instant at which a value was asked, on Redis' clock: rather too early than too late. */
    askedThere: (instant: number) => Math.floor(instant + least),
    /** The instant before which a change was made, on Redis' clock: rather too late than too early. */
    changedThere: (instant: number) => Math.ceil(instant + most),
    /** The instant at which a value was asked, on this clock: rather too early than too late. */
    askedHere: (instant: number) => instant - most
  }
}
