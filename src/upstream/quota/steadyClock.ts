/** A clock that stands still while the given one is set back, and then continues; in ms. */
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
