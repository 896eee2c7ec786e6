/** A clock in ms that stops while the given clock is set back, and then continues. */
export const createSteadyClock = (now: () => number) => {
  let last = -Infinity
  let offset = 0
  return () => {
    const time = now() + offset
    if (time < last) offset += last - time
    else last = time
    return last
  }
}
