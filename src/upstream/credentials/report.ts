import type { GatewayError } from '../../errors.ts'

type Log = Readonly<Record<'debug' | 'info', (message: string) => void>> & {
  readonly warn: (details: object, message: string) => void
}

/** Logs changes of the credentials and calls to VDAB's token service, without any of their values. */
export const reportCredentials = (log: Log) => ({
  note: (message: string) => {
    log.info(message)
  },
  onToken: (error: GatewayError | undefined) => {
    if (error) log.warn({ status: error.upstreamStatus, cause: error.cause }, error.message)
    else log.debug("VDAB's token service gave a token")
  }
})
