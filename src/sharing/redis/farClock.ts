/**
 * Estimates how far Redis' clock is ahead of the cache's clock. Redis read its clock between the sending of a command
 * and the arrival of its response, so the difference lies between two bounds. Each conversion takes the bound that
 * makes a value older.
 */
export const createFarClock = () => {
  let least = 0
  let most = 0
  return {
    /**
     * Records that Redis reported `time` for a command that was sent and answered at these instants of this clock, in
     * ms.
     */
    note: (time: number, sentAt: number, answeredAt: number) => {
      least = time - answeredAt
      most = time - sentAt
    },
    /** The instant of a fetch on Redis' clock: rather too early than too late. */
    fetchedInRedisTime: (instant: number) => Math.floor(instant + least),
    /** The instant of a change on Redis' clock: rather too late than too early. */
    changedInRedisTime: (instant: number) => Math.ceil(instant + most),
    /** The instant of a fetch on this clock: rather too early than too late. */
    fetchedInLocalTime: (instant: number) => instant - most
  }
}
