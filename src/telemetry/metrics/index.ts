import type { Events } from '../../composition/events.ts'
import type { CallEvent } from '../../upstream/attempt.ts'
import { createAnswers } from './answers.ts'
import { createGauges, type ScrapeFacts } from './gauges.ts'
import { createBoundedLabel } from './labels.ts'
import { createLookups } from './lookups.ts'
import { outcomeOf, outcomeOfToken } from './outcomes.ts'
import { createRegistry, type Sources } from './registry.ts'
import { createCounts, createHistogram } from './series.ts'

/** Counts the calls to VDAB, for the gateway and for the process that polls the feeds for several workers. */
export const createCallCounts = () => {
  const calls = createCounts()
  const durations = createHistogram('upstream_call_duration_seconds', 'endpoint')
  return {
    note: (event: CallEvent) => {
      calls.add({ endpoint: event.endpoint, outcome: outcomeOf(event) })
      durations.observe(event.ms / 1000, event.endpoint)
    },
    noteToken: ({ code }: { code: string | undefined }) =>
      calls.add({ endpoint: 'token', outcome: outcomeOfToken(code) }),
    sources: {
      upstream_calls_total: calls.values,
      upstream_call_duration_seconds: durations.values
    } satisfies Sources
  }
}

/** Counts the records of people that were shown. */
const createPersonalReads = (consumerLabel: (name: string) => string) => {
  const reads = createCounts()
  const doelLabel = createBoundedLabel()
  let records = 0
  return {
    note: ({
      consumer,
      doel,
      isConfigured,
      count
    }: {
      consumer: string
      doel: string
      isConfigured: boolean
      count: number
    }) => {
      records += count
      // The purpose in a request can be any text.
      reads.add({ consumer: consumerLabel(consumer), doel: isConfigured ? doelLabel(doel) : 'x-doel' }, count)
    },
    sources: {
      personal_reads_total: reads.values,
      audit_records_total: () => [{ labels: {}, value: records }]
    } satisfies Sources
  }
}

/** Listens to the events of the gateway and counts them. `facts` are read at a scrape. */
export const createMetrics = (events: Events, facts: ScrapeFacts, more: Sources = {}) => {
  const answers = createAnswers()
  const calls = createCallCounts()
  const lookups = createLookups()
  const personal = createPersonalReads(answers.consumerLabel)
  const batches = createHistogram('batch_size')
  events.on('answered', answers.note)
  events.on('call', calls.note)
  events.on('tokenCall', calls.noteToken)
  events.on('cache', lookups.noteRecord)
  events.on('answerLookup', lookups.noteAnswer)
  events.on('personalRead', personal.note)
  events.on('batch', ({ size }) => batches.observe(size))
  const registry = createRegistry({
    ...answers.sources,
    ...calls.sources,
    cache_lookups_total: lookups.values,
    batch_size: batches.values,
    ...personal.sources,
    ...more,
    ...createGauges(facts)
  })
  return { ...registry, answers: answers.totals, lookups: lookups.records }
}

export type Metrics = ReturnType<typeof createMetrics>
