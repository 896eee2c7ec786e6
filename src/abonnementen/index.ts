import { setTimeout } from 'node:timers/promises'
import type { Consumers } from '../access/consumers.ts'
import type { Changes } from '../changes/changes.ts'
import { badInput, GatewayError } from '../errors.ts'
import type { VacatureFilter } from '../schema/types.ts'
import type { State } from '../state/database.ts'
import type { createFeedReader, FeedChange, FeedReader } from '../state/feedReader.ts'
import type { Kept } from '../state/kept.ts'
import { isListed, isPrivateLiteral } from './addresses.ts'
import { createDeliveries } from './deliveries.ts'
import { createQueue, type Melding } from './queue.ts'
import { createSeal } from '../formats/seal.ts'
import { createSender } from './sender.ts'
import { createStore, type Abonnement } from './store.ts'

/** The effect of a change on a filter; undefined when the filter never matched the vacancy. */
export type Judge = (filter: VacatureFilter | undefined, change: FeedChange) => Promise<Melding | undefined>

type Settings = {
  perConsumer: number
  maxQueue: number
  concurrency: number
  timeoutMs: number
  allowsPrivate: boolean
}
type Dependencies = {
  settings: Settings
  state: State
  kept: Kept
  /** encrypts URLs and secrets */
  key: string
  consumers: Pick<Consumers, 'named'>
  changes: Pick<Changes, 'follow' | 'cursor' | 'check'>
  createReader: typeof createFeedReader
  judge: Judge
  /** the time in ms within which VDAB's feed may list a change again */
  repeatMs: number
  warn: (message: string) => void
  now: () => number
}

const scopes = ['abonnementen', 'vacatures']
const backlogBytes = 8 * 1024 * 1024
const waitMs = 250
const maxUrl = 2000

const readerName = (id: string) => `abonnement:${id}`

/** Throws BAD_USER_INPUT for a URL that this consumer may not use. */
const createCheckUrl =
  ({ consumers, settings: { allowsPrivate } }: Pick<Dependencies, 'consumers' | 'settings'>) =>
  (text: string, consumer: string): string => {
    const url = URL.canParse(text) && text.length <= maxUrl ? new URL(text) : undefined
    if (!url || (url.protocol !== 'https:' && !(allowsPrivate && url.protocol === 'http:')))
      throw badInput('url', `must be an https:// address of at most ${maxUrl} characters`)
    if (url.username || url.password || url.hash) throw badInput('url', 'must not hold credentials or a fragment')
    const hosts = consumers.named(consumer)?.consumer.webhooks ?? []
    if (!isListed(url, hosts))
      throw badInput('url', 'has a host that the operator has not listed for you (`webhooks` in CONSUMERS_FILE)', hosts)
    if (!allowsPrivate && isPrivateLiteral(url)) throw badInput('url', 'is not a public address')
    return url.href
  }

/**
 * The subscriptions of consumers. Each has its own position in VDAB's feed, its queue, and its deliveries. The effect
 * of a change and the position after it are stored in one transaction, so that a killed process loses nothing.
 */
export const createAbonnementen = (dependencies: Dependencies) => {
  const { settings, state, kept, key, consumers, changes, createReader, judge, warn, now } = dependencies
  const store = createStore({ state, seal: createSeal(key, 'vdab-gateway abonnementen'), now, warn })
  const queue = createQueue({ state, repeatMs: dependencies.repeatMs, now })
  const sender = createSender({ ...settings, now })
  const checkUrl = createCheckUrl(dependencies)
  const readers = new Map<string, FeedReader>()

  const isPermitted = ({ consumer, url }: Abonnement): boolean => {
    const found = consumers.named(consumer)?.consumer
    return (
      found !== undefined && scopes.every((scope) => found.scopes.has(scope)) && isListed(new URL(url), found.webhooks)
    )
  }
  const onEnded = (abonnement: Abonnement) => {
    void readers.get(abonnement.id)?.stop()
    readers.delete(abonnement.id)
    queue.drop(abonnement.id)
    store.end(abonnement)
  }
  const { concurrency } = settings
  const deliveries = createDeliveries({ state, store, queue, sender, isPermitted, onEnded, concurrency, warn, now })

  /**
   * Waits until the consumer may receive more, and the queue has room for it. The number of subscriptions of a consumer
   * is limited, and so is the total size of its queues.
   */
  const admitted = async (id: string, signal: AbortSignal) => {
    for (;;) {
      signal.throwIfAborted()
      const abonnement = store.get(id)
      if (abonnement && isPermitted(abonnement) && queue.waiting(id) < settings.maxQueue) return abonnement
      await setTimeout(waitMs, undefined, { signal, ref: false })
    }
  }

  const apply = async (id: string, found: readonly FeedChange[], signal: AbortSignal) => {
    if (found.length === 0) return () => {}
    const { filter, soorten } = await admitted(id, signal)
    const judged = await Promise.all(found.map((change) => judge(filter, change)))
    const wanted = judged.flatMap((one) => (one && soorten.some((soort) => soort === one.soort) ? [one] : []))
    return () => {
      queue.add(id, wanted, (volg) => deliveries.isBusy(id, volg))
      setImmediate(deliveries.pump)
    }
  }
  const startReader = ({ id, status }: Abonnement) => {
    if (status !== 'ACTIEF') return
    const reader = createReader({
      name: readerName(id),
      state,
      kept,
      follow: (options) => changes.follow('vacature', { ...options, maxBytes: backlogBytes }),
      start: () => changes.cursor('vacature'),
      apply: (found, signal) => apply(id, found, signal),
      onGap: () => queue.add(id, [{ id: '', soort: 'ONVOLLEDIG' }], (volg) => deliveries.isBusy(id, volg)),
      warn
    })
    readers.set(id, reader)
    reader.start()
  }
  const stopReader = async (id: string) => {
    const reader = readers.get(id)
    readers.delete(id)
    await reader?.stop()
  }

  /** The subscription of a consumer. Throws NOT_FOUND, also for a subscription of another consumer. */
  const own = (consumer: string, id: string): Abonnement => {
    const found = store.get(id)
    if (found?.consumer !== consumer) throw new GatewayError('NOT_FOUND', 'You have no subscription with this id.')
    return found
  }

  return {
    checkUrl,
    isPermitted,
    all: store.of,
    own,
    waiting: queue.waiting,
    cursorOf: (id: string) => kept.get(readerName(id)),
    create: (given: Pick<Abonnement, 'consumer' | 'url' | 'filter' | 'soorten'>) => {
      if (store.of(given.consumer).length >= settings.perConsumer)
        throw badInput('url', `is one too many: you may have ${settings.perConsumer} subscriptions`)
      const created = state.transaction(() => {
        const made = store.create(given)
        kept.set(readerName(made.abonnement.id), changes.cursor('vacature'))
        return made
      })
      state.sync()
      startReader(created.abonnement)
      return created
    },
    renew: store.renew,
    remove: async ({ id }: Abonnement) => {
      await stopReader(id)
      state.transaction(() => {
        store.remove(id)
        queue.remove(id)
        kept.remove(readerName(id))
      })
      deliveries.forget(id)
    },
    /** Throws BAD_USER_INPUT for an invalid cursor, or one that is too old (410). */
    checkCursor: (sinds: string) => changes.check('vacature', sinds),
    /** Reads the feed again from a cursor. Throws BAD_USER_INPUT when the subscription has ended. */
    replay: async (abonnement: Abonnement, sinds: string) => {
      if (abonnement.status !== 'ACTIEF')
        throw badInput('id', 'is a subscription that has ended: its receiver answered 410')
      await stopReader(abonnement.id)
      state.transaction(() => {
        queue.allowRepeats(abonnement.id)
        kept.set(readerName(abonnement.id), sinds)
      })
      startReader(abonnement)
    },
    /** Queues deliveries again that were given up; returns their number. */
    revive: ({ id }: Abonnement): number => {
      const count = queue.revive(id)
      deliveries.pump()
      return count
    },
    page: queue.page,
    start: () => {
      for (const abonnement of store.all()) startReader(abonnement)
    },
    stop: async () => {
      await Promise.all([...readers.keys()].map(stopReader))
      await deliveries.stop()
    }
  }
}

export type Abonnementen = ReturnType<typeof createAbonnementen>
