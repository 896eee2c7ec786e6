import { readFileSync } from 'node:fs'

/** Settings by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Reads settings by name and kind; what is wrong with one is put among the problems, and its default stands in for it. */
export const createReader = (environment: Environment, problems: string[]) => {
  const text = (name: string) => environment[name]?.trim() || undefined
  const reader = {
    text,
    /** NAME, or the contents of the file that NAME_FILE names. */
    secret(name: string): string | undefined {
      const path = text(`${name}_FILE`)
      if (path === undefined) return text(name)
      try {
        return readFileSync(path, 'utf8').trim() || undefined
      } catch {
        problems.push(`${name}_FILE names a file that cannot be read`)
        return undefined
      }
    },
    integer(name: string, fallback: number, { min, max }: { min: number; max: number }): number {
      const given = text(name)
      if (given === undefined) return fallback
      const value = Number(given)
      if (Number.isInteger(value) && value >= min && value <= max) return value
      problems.push(`${name} must be a whole number from ${min} to ${max}`)
      return fallback
    },
    oneOf(name: string, fallback: string, allowed: readonly string[]): string {
      const value = text(name) ?? fallback
      if (!allowed.includes(value)) problems.push(`${name} must be one of: ${allowed.join(', ')}`)
      return value
    },
    list: (name: string, fallback: string) =>
      (environment[name] ?? fallback)
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    /** `a:b,c:d` → { a: 'b', c: 'd' } */
    pairs(name: string): Readonly<Record<string, string>> {
      const entries = reader.list(name, '').map((pair) =>
        pair
          .split(/:(.*)/s)
          .slice(0, 2)
          .map((part) => part.trim())
      )
      if (entries.some(([key, value]) => !key || !value))
        problems.push(`${name} must be a list like name:value,name:value`)
      return Object.fromEntries(entries) as Record<string, string> // fromEntries types its values as any
    },
    pattern(name: string, fallback: string): RegExp {
      try {
        return new RegExp(`^(?:${text(name) ?? fallback})$`, 'i')
      } catch {
        problems.push(`${name} must be a regular expression`)
        return /^$/
      }
    }
  }
  return reader
}

export type Reader = ReturnType<typeof createReader>
