import type { Secret, SecretSource } from '../../config/secret.ts'

const everyMs = 1000

/** A secret that may be replaced while the gateway runs. */
export type Rotation = {
  /** the value to send */
  readonly current: () => Secret
  /** all values that may still be valid; no response or log may contain them */
  readonly values: () => readonly Secret[]
  /**
   * VDAB refused this value: looks for another one, in the file or the previous one. True when `current` is now another
   * value.
   */
  readonly refused: (value: Secret) => boolean
  readonly close: () => void
}

/**
 * Follows the file of a secret. A new value is used within a second, and the previous value stays available, since VDAB
 * may accept the new one a little later, or reject the old one a little earlier. Without a file the value never
 * changes. An empty or unreadable file changes nothing.
 */
export const createRotation = ({ name, value, read }: SecretSource, note: (message: string) => void): Rotation => {
  let current = value
  let previous: Secret | undefined
  /** the text of the file when it was last read */
  let seen = value.reveal()

  const follow = () => {
    const found = read?.()
    if (found === undefined || found.reveal() === seen) return
    seen = found.reveal()
    previous = current
    current = found
    note(`${name} has changed; the new value is used, and the old one when VDAB refuses the new one`)
  }
  const timer = read && setInterval(follow, everyMs).unref()

  return {
    current: () => current,
    values: () => (previous === undefined ? [current] : [current, previous]),
    refused: (refused) => {
      follow()
      if (current.reveal() !== refused.reveal()) return true
      if (previous === undefined) return false
      ;[current, previous] = [previous, current]
      return true
    },
    close: () => {
      clearInterval(timer)
    }
  }
}
