import type { Changes } from '../../changes/changes.ts'
import type { QuotaState } from '../../upstream/quota/contract.ts'
import type { Sources } from './registry.ts'
import type { Value } from './series.ts'

const kinds = ['interactive', 'refresh', 'feed', 'export']

/**
 * The values that are read at a scrape, with the same functions as /health/ready. An absent value is reported by
 * another process.
 */
export type ScrapeFacts = {
  readonly build: { readonly version: string; readonly profile: string }
  readonly feeds?: () => ReturnType<Changes['state']>
  readonly quota?: () => QuotaState | Promise<QuotaState>
  readonly workers?: () => number
  readonly caches?: () => Readonly<Record<string, { readonly bytes: number; readonly maxBytes: number }>>
  readonly isUp?: () => boolean
  /** absent if VDAB uses only the key */
  readonly isTokenUp?: (() => boolean) | undefined
}

const one = (value: number): readonly Value[] => [{ labels: {}, value }]

const ofQuota =
  (quota: NonNullable<ScrapeFacts['quota']>) =>
  (read: (state: QuotaState[string], endpoint: string) => readonly Value[]) =>
  async () =>
    Object.entries(await quota()).flatMap(([endpoint, state]) => read(state, endpoint))

const quotaSources = (quota: NonNullable<ScrapeFacts['quota']>): Sources => {
  const source = ofQuota(quota)
  return {
    quota_limit: source(({ limit: value }, endpoint) => [{ labels: { endpoint }, value }]),
    quota_used: source(({ used: value }, endpoint) => [{ labels: { endpoint }, value }]),
    quota_waiting: source(({ waiting }, endpoint) =>
      kinds.map((kind) => ({
        labels: { endpoint, class: kind },
        value: (waiting as Readonly<Record<string, number | undefined>>)[kind] ?? 0 // its keys are the kinds
      }))
    )
  }
}

const cacheSources = (caches: NonNullable<ScrapeFacts['caches']>): Sources => {
  const of = (member: 'bytes' | 'maxBytes') => () =>
    Object.entries(caches()).map(([part, sizes]) => ({ labels: { part }, value: sizes[member] }))
  return { cache_bytes: of('bytes'), cache_limit_bytes: of('maxBytes') }
}

/** The metrics that are states. */
export const createGauges = ({ build, feeds, quota, workers, caches, isUp, isTokenUp }: ScrapeFacts): Sources => ({
  build_info: () => [{ labels: { ...build, node: process.versions.node }, value: 1 }],
  ...(feeds && {
    feed_lag_seconds: () =>
      Object.entries(feeds()).flatMap(([feed, { behindMs }]) =>
        behindMs !== undefined && Number.isFinite(behindMs) ? [{ labels: { feed }, value: behindMs / 1000 }] : []
      )
  }),
  ...(quota && quotaSources(quota)),
  ...(workers && { workers: () => one(workers()) }),
  ...(caches && cacheSources(caches)),
  ...(isUp && { upstream_up: () => one(isUp() ? 1 : 0) }),
  ...(isTokenUp && { token_up: () => one(isTokenUp() ? 1 : 0) })
})
