import type { ChainHead } from './auditChain.ts'

type Log = { info: (message: string) => void }

/**
 * Logs the last record of the chain. The chain alone does not show that its last lines were removed. The head of the
 * chain in a separately stored log does (`vdab-gateway audit verify --head NR:HASH`).
 */
export const logHead =
  (log: Log) =>
  ({ nr, hash }: ChainHead) =>
    log.info(`the audit log ends at ${nr}:${hash}`)
