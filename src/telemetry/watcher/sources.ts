import type { Events } from '../../composition/events.ts'
import type { Sources } from '../metrics/registry.ts'
import { createCounts, createHistogram } from '../metrics/series.ts'

const results = ['same', 'changed_since', 'stale'] as const
const endpoint = 'vacature'

/**
 * Counts the results of the watcher. The counters exist from the start, so that an alert detects the first stale
 * response.
 */
export const createWatcherSources = (events: Events): Sources => {
  const watched = createCounts()
  const stale = createCounts()
  const ages = createHistogram('stale_answer_age_seconds', 'endpoint')
  for (const result of results) watched.add({ endpoint, result }, 0)
  stale.add({ endpoint }, 0)
  events.on('watched', ({ endpoint, result, ageMs = 0 }) => {
    watched.add({ endpoint, result })
    if (result !== 'stale') return
    stale.add({ endpoint })
    ages.observe(ageMs / 1000, endpoint)
  })
  return {
    watched_answers_total: watched.values,
    stale_answers_total: stale.values,
    stale_answer_age_seconds: ages.values
  }
}
