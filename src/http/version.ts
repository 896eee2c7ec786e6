import { readFileSync } from 'node:fs'

const readVersion = (): string | undefined => {
  try {
    // package.json has the same relative path from src/http and from dist/http. npm requires its version to be a text.
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
    return (JSON.parse(text) as { version?: string }).version
  } catch {
    return undefined
  }
}

/** The version of this package; undefined if its package.json is missing. */
export const version = readVersion()
