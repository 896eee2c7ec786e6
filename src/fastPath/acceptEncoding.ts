export type Encoding = 'br' | 'gzip'

/** The encoding that an Accept-Encoding header prefers; of two equal ones `br` (RFC 9110, 12.5.3). */
export const preferredEncoding = (header: string): Encoding | undefined => {
  const weights = new Map(
    header.split(',').map((part) => {
      const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))
      return [name, weight === undefined ? 1 : Number(weight.slice(2))] as const
    })
  )
  const weightOf = (name: Encoding) => weights.get(name) ?? weights.get('*') ?? 0
  const identity = weights.get('identity') ?? 0
  const [best] = (['br', 'gzip'] as const)
    .filter((name) => weightOf(name) > 0 && weightOf(name) >= identity)
    .sort((a, b) => weightOf(b) - weightOf(a))
  return best
}
