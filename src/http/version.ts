import { readFileSync } from 'node:fs'

const readVersion = (): string | undefined => {
  try {
    // package.json is relative to src/http and to dist/http alike. npm requires its version to be a text.
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
    return (JSON.parse(text) as { version?: string }).version
  } catch {
    return undefined
  }
}

/** The version of this package; undefined where its package.json is not there. */
export const version = readVersion()
