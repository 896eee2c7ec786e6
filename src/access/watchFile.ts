import { statSync } from 'node:fs'

const everyMs = 1000

const versionOf = (path: string): string => {
  try {
    const { ino, mtimeMs, ctimeMs, size } = statSync(path)
    return [ino, mtimeMs, ctimeMs, size].join(' ')
  } catch {
    return 'none' // reading the file reports the error
  }
}

/**
 * Watches a file. It polls each second, because file events do not detect how container platforms replace mounted
 * files. Call it before the file is read for the first time, so that no change is missed.
 */
export const watchFile = (path: string) => {
  let version = versionOf(path)
  return {
    /** Calls `read` after each change, and `failed` with its errors. Returns a function that ends the watch. */
    onChange: (read: () => void, failed: (reason: string) => void): (() => void) => {
      const check = () => {
        const next = versionOf(path)
        if (next === version) return
        version = next
        try {
          read()
        } catch (error) {
          failed(error instanceof Error ? error.message : '')
        }
      }
      const timer = setInterval(check, everyMs).unref()
      return () => clearInterval(timer)
    }
  }
}
