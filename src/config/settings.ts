import { readFileSync } from 'node:fs'
import { secretOf, type SecretSource } from './secret.ts'

/** Settings by name. */
export type Environment = Readonly<Record<string, string | undefined>>

const visibleAscii = /^[\x21-\x7e]+$/

const readSecret = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** Reads settings by name and type. An invalid one adds a problem, and yields its default. */
export const createSettings = (environment: Environment) => {
  const problems: string[] = []
  const asked = new Set<string>()
  const given = (name: string) => {
    asked.add(name)
    return environment[name]
  }
  const refuse = (problem: string) => problems.push(problem)
  const text = (name: string) => given(name)?.trim() || undefined
  const list = (name: string, fallback = '') =>
    (given(name) ?? fallback)
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
  const oneOf = <T extends string>(name: string, fallback: T, allowed: readonly T[]): T => {
    const value = text(name) ?? fallback
    if (!allowed.includes(value as T)) refuse(`${name} must be one of: ${allowed.join(', ')}`)
    return value as T // checked above; with a problem the start fails
  }
  const secretText = (name: string): string | undefined => {
    const path = text(`${name}_FILE`)
    const direct = text(name)
    const found = path === undefined ? direct : readSecret(path)
    if (found === undefined && path !== undefined) refuse(`${name}_FILE names a file that cannot be read`)
    return found === '' ? undefined : found
  }
  return {
    problems,
    /** every name that was read */
    asked,
    refuse,
    text,
    list,
    oneOf,
    isSet: (name: string) => [text(name), text(`${name}_FILE`)].some((found) => found !== undefined),
    /** The same value as a Secret; the file is read again when it changes. */
    secret: (name: string): SecretSource | undefined => {
      const path = text(`${name}_FILE`)
      const given = secretText(name)
      if (given === undefined) return undefined
      if (!visibleAscii.test(given)) refuse(`${name} must be visible ASCII without spaces`)
      const read = (file: string) => () => {
        const again = readSecret(file)
        return again && visibleAscii.test(again) ? secretOf(again) : undefined
      }
      return { name, value: secretOf(given), ...(path === undefined ? {} : { read: read(path) }) }
    },
    /** The value of NAME, or the contents of the file in NAME_FILE. */
    secretText,
    /** An https:// address; http:// is allowed on loopback only. `shape` describes it in the error. */
    httpsUrl: (name: string, shape: string): URL | undefined => {
      const given = text(name)
      if (given === undefined) return undefined
      const url = URL.canParse(given) ? new URL(given) : undefined
      if (!url || !['http:', 'https:'].includes(url.protocol)) refuse(`${name} must be ${shape}`)
      else if (url.protocol === 'http:' && !isLoopback(url))
        refuse(`${name} must be https://; http:// is only for this machine itself (loopback)`)
      else if (url.username || url.password || url.search || url.hash)
        refuse(`${name} must not hold credentials, a query or a fragment`)
      else return url
      return undefined
    },
    integer: (name: string, fallback: number, min: number, max: number): number => {
      const given = text(name)
      const value = given === undefined ? fallback : Number(given)
      if (given === undefined || (Number.isInteger(value) && value >= min && value <= max)) return value
      refuse(`${name} must be a whole number from ${min} to ${max}`)
      return fallback
    },
    isOn: (name: string, fallback: 'on' | 'off') => oneOf(name, fallback, ['on', 'off']) === 'on',
    /** `a:b,c:d` → { a: 'b', c: 'd' } */
    pairs: (name: string): Readonly<Record<string, string>> => {
      const entries = list(name).map((pair) => {
        const [key = '', value = ''] = pair.split(/:(.*)/s)
        return [key.trim(), value.trim()] as const
      })
      if (entries.some(([key, value]) => !key || !value)) refuse(`${name} must be a list like name:value,name:value`)
      return Object.fromEntries(entries)
    },
    pattern: (name: string, fallback: string): RegExp => {
      try {
        return new RegExp(`^(?:${text(name) ?? fallback})$`, 'i')
      } catch {
        refuse(`${name} must be a regular expression`)
        return /^$/
      }
    }
  }
}

/** Is this the address of the machine itself? */
export const isLoopback = ({ hostname }: URL) => ['localhost', '127.0.0.1', '[::1]'].includes(hostname)

export type Settings = ReturnType<typeof createSettings>
