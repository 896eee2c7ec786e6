import type { ChainHead } from './auditChain.ts'

type Log = { info: (message: string) => void }

/**
 * Logs the last record of the chain. A chain alone does not show that its last lines were removed; its end in a log
 * that is kept elsewhere does (`vdab-gateway audit verify --head NR:HASH`).
 */
export const logHead =
  (log: Log) =>
  ({ nr, hash }: ChainHead) =>
    log.info(`the audit log ends at ${nr}:${hash}`)
