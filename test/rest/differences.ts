import { readFileSync } from 'node:fs'

type Version = 'v2' | 'v4'

/** A row of the table of members in docs/how-to/move-a-vdab-client.md. */
export type Difference = {
  member: string
  isBetween: (served: Version, spoken: Version) => boolean
  isOver: (spoken: Version) => boolean
  /** has a test seen the difference? */
  isSeen: () => boolean
  see: () => void
}

const page = readFileSync(new URL('../../docs/how-to/move-a-vdab-client.md', import.meta.url), 'utf8')
const [, table = ''] = /<!-- members -->([^]*?)<!-- end -->/.exec(page) ?? []

const any = 'any'
/** The rows of the table: the version of the client, the version of VDAB, the member. */
export const differences: readonly Difference[] = table
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
  .filter(([, client = '']) => [any, 'v2', 'v4'].includes(client))
  .map(([, client = '', vdab = '', member = '']) => {
    let isSeen = false
    const isOver = (spoken: Version) => vdab === any || vdab === spoken
    return {
      member,
      isOver,
      isBetween: (served, spoken) => isOver(spoken) && (client === any || client === served),
      isSeen: () => isSeen,
      see: () => {
        isSeen = true
      }
    }
  })

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const without = (value: unknown, [name = '', ...rest]: readonly string[], see: () => void): unknown => {
  if (Array.isArray(value)) return value.map((one) => without(one, [name, ...rest], see))
  if (!isObject(value) || !(name in value)) return value
  const { [name]: member, ...others } = value
  if (rest.length > 0) return { ...others, [name]: without(member, rest, see) }
  see()
  return others
}

/** VDAB returns the resultaten of POST in any order. */
const ordered = (body: unknown): unknown => {
  if (!isObject(body) || !Array.isArray(body['resultaten'])) return body
  const items: readonly unknown[] = body['resultaten']
  const nameOf = (item: unknown) => JSON.stringify(isObject(item) ? (item['vacatureReferentie'] ?? item['cvId']) : item)
  return { ...body, resultaten: [...items].sort((a, b) => nameOf(a).localeCompare(nameOf(b))) }
}

/**
 * A body without the members of the table, and with the items of POST in a fixed order. The text of an error about a
 * parameter is omitted too if the table says so.
 */
export const withoutDifferences = (body: unknown, rows: readonly Difference[], isAboutParameter: boolean): unknown =>
  ordered(
    rows.reduce((left, { member, see }) => {
      const [kind = '', name = ''] = /^(error|parameter)\.(.*)$/.exec(member)?.slice(1) ?? []
      if (isObject(left) && 'httpCode' in left)
        return kind === 'error' || (kind === 'parameter' && isAboutParameter)
          ? without(left, name.split('.'), see)
          : left
      if (kind !== '') return left
      const path = member.split('.')
      return without(without(left, path, see), ['resultaten', ...path], see)
    }, body)
  )

/** Is it our error about a parameter? */
export const isAboutParameter = (body: unknown): boolean =>
  isObject(body) &&
  body['httpCode'] === '400' &&
  !['id', 'body', undefined].includes(body['field'] as string | undefined)
