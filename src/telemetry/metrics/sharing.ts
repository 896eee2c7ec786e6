import type { Sources } from './registry.ts'

/** The state that several machines share, as seen by one of them. */
export type SharingMeasures = {
  readonly isReachable: boolean
  readonly members: number
  /** the values that must be equal on all machines, and whether they differ */
  readonly differences: Readonly<Record<string, boolean>>
  /** commands to Redis, by result */
  readonly commands: Readonly<Record<string, number>>
}

/** The metrics of a gateway that shares limits through Redis. */
export const createSharingSources = (read: () => SharingMeasures): Sources => ({
  redis_up: () => [{ labels: {}, value: Number(read().isReachable) }],
  redis_commands_total: () => Object.entries(read().commands).map(([result, value]) => ({ labels: { result }, value })),
  sharing_members: () => [{ labels: {}, value: read().members }],
  sharing_differences: () =>
    Object.entries(read().differences).map(([what, isOne]) => ({ labels: { what }, value: Number(isOne) }))
})
