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
    /** seals URLs and secrets; undefined = a file beside STATE_FILE */
    key: key === undefined ? undefined : secretOf(key),
    perConsumer: integer('ABONNEMENTEN_PER_CONSUMER', 20, 1, 1000),
    /** deliveries that may wait for one subscription */
    maxQueue: integer('ABONNEMENTEN_MAX_QUEUE', 10_000, 10, 1_000_000),
    /** deliveries under way at the same time */
    concurrency: integer('ABONNEMENTEN_CONCURRENCY', 32, 1, 1000),
    timeoutMs: integer('ABONNEMENTEN_TIMEOUT_MS', 10_000, 100, 60_000),
    /** may receivers have http:// and private addresses? for tests only */
    allowsPrivate: isOn('ABONNEMENTEN_PRIVATE', 'off')
  }
}
