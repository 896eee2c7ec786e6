import { secretOf } from './secret.ts'
import type { Settings } from './settings.ts'

const minKeyLength = 32

/** Saved searches that call their consumer. Times in ms. */
export const readAbonnementen = ({ secretText, integer, isOn, refuse }: Settings) => {
  const key = secretText('ABONNEMENTEN_KEY')
  if (key !== undefined && key.length < minKeyLength)
    refuse(`ABONNEMENTEN_KEY must have at least ${minKeyLength} characters`)
  return {
    isOn: isOn('ABONNEMENTEN', 'on'),
    /** encrypts URLs and secrets; undefined = a file next to STATE_FILE */
    key: key === undefined ? undefined : secretOf(key),
    perConsumer: integer('ABONNEMENTEN_PER_CONSUMER', 20, 1, 1000),
    /** the maximum number of waiting deliveries of one subscription */
    maxQueue: integer('ABONNEMENTEN_MAX_QUEUE', 10_000, 10, 1_000_000),
    /** the maximum number of concurrent deliveries */
    concurrency: integer('ABONNEMENTEN_CONCURRENCY', 32, 1, 1000),
    timeoutMs: integer('ABONNEMENTEN_TIMEOUT_MS', 10_000, 100, 60_000),
    /** may receivers have http:// and private addresses? for tests only */
    allowsPrivate: isOn('ABONNEMENTEN_PRIVATE', 'off')
  }
}
