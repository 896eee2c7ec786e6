import type { CacheEvent } from '../../cache/policy.ts'
import type { AnswerLookup } from '../../http/answered.ts'
import type { Value } from './series.ts'

type Counts = { hit: number; stale: number; miss: number; coalesced: number }

const none = (): Counts => ({ hit: 0, stale: 0, miss: 0, coalesced: 0 })

/** The results that a lookup in each layer can have. */
const results: Readonly<Record<string, readonly string[]>> = {
  record: ['hit', 'stale', 'miss', 'coalesced'],
  answer: ['hit', 'miss', 'coalesced'],
  far: ['hit', 'miss']
}

/** Counts the lookups of records and of whole responses. A page looks up hundreds of labels. */
export const createLookups = () => {
  const layers = {
    record: new Map<string, Counts>(),
    answer: new Map<string, Counts>(),
    far: new Map<string, Counts>()
  }
  const countsOf = (layer: keyof typeof layers, endpoint: string): Counts => {
    const known = layers[layer].get(endpoint) ?? none()
    layers[layer].set(endpoint, known)
    return known
  }
  return {
    noteRecord: ({ name, row }: CacheEvent) => {
      if (name === 'farHit' || name === 'farMiss') {
        const far = layers.far.get(row) ?? countsOf('far', row)
        if (name === 'farHit') far.hit += 1
        else far.miss += 1
        return
      }
      const counts = layers.record.get(row) ?? countsOf('record', row)
      if (name === 'hit') counts.hit += 1
      else if (name === 'stale') counts.stale += 1
      else if (name === 'miss') counts.miss += 1
      else if (name === 'join') counts.coalesced += 1
    },
    noteAnswer: ({ door, result }: AnswerLookup) => {
      const counts = layers.answer.get(door) ?? countsOf('answer', door)
      counts[result] += 1
    },
    /** The lookups of records, by endpoint. */
    records: () => layers.record,
    values: (): readonly Value[] =>
      Object.entries(layers).flatMap(([layer, endpoints]) =>
        [...endpoints].flatMap(([endpoint, counts]) =>
          Object.entries(counts)
            .filter(([result]) => results[layer]?.includes(result))
            .map(([result, value]) => ({ labels: { endpoint, layer, result }, value }))
        )
      )
  }
}
