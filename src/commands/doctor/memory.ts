import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import type { Config } from '../../config/index.ts'
import { findingsOf, type DoctorFinding } from './findings.ts'

const mega = 1024 * 1024
const memory = findingsOf('memory')
const outsideCache = 128 * mega
const heapOutsideCache = 100 * mega
/** The heap of the cache is up to a quarter larger than its estimate. */
const maxGrowth = 1.25

type Memory = Pick<Config, 'cacheMaxBytes' | 'workers'> & {
  /** the maximum size of the enrichment of one process, in bytes */
  enrichment: { heap: number; all: number }
}

/** Is the memory enough for the cache and the enrichment of each worker? `limit` and `heap` are in bytes. */
export const examineMemory = (
  { cacheMaxBytes, workers, enrichment }: Memory,
  { limit, heap }: { limit: number; heap: number } = {
    limit: Math.min(process.constrainedMemory() || Infinity, totalmem()),
    heap: getHeapStatistics().heap_size_limit
  }
): readonly DoctorFinding[] => {
  const inMb = (bytes: number) => `${Math.round(bytes / mega)} MB`
  const cache = workers === 1 ? inMb(cacheMaxBytes) : `${workers} times ${inMb(cacheMaxBytes)}`
  const ofEnrichment = `the enrichment (up to ${inMb(workers * enrichment.all)})`
  const heapOfCache = cacheMaxBytes * maxGrowth + heapOutsideCache
  const needed = heapOfCache + enrichment.heap
  const findings: DoctorFinding[] = []
  const todo = 'Lower CACHE_MAX_MB, or give the process more memory; see docs/operations/memory.md.'
  const enrichmentTodo = 'Lower ENRICH_MAX_VACATURES, or give the process more memory; see docs/operations/memory.md.'
  if (workers * cacheMaxBytes + outsideCache > limit)
    findings.push(memory.error(`the cache (${cache}) does not fit into ${inMb(limit)} of memory`, todo))
  else if (2 * workers * cacheMaxBytes > limit)
    findings.push(memory.warning(`the cache (${cache}) takes more than half of ${inMb(limit)} of memory`, todo))
  else if (workers * (cacheMaxBytes + enrichment.all) + outsideCache > limit)
    findings.push(
      memory.warning(
        `the cache (${cache}) and ${ofEnrichment} do not fit into ${inMb(limit)} of memory`,
        enrichmentTodo
      )
    )
  if (heapOfCache > heap)
    findings.push(
      memory.error(
        `the heap limit of Node (${inMb(heap)}) does not hold the cache (${inMb(heapOfCache)} with the program)`,
        'Lower CACHE_MAX_MB, or raise --max-old-space-size in NODE_OPTIONS.'
      )
    )
  else if (needed > heap)
    findings.push(
      memory.warning(
        `the heap limit of Node (${inMb(heap)}) does not hold cache and enrichment (${inMb(needed)})`,
        'Lower ENRICH_MAX_VACATURES, or raise --max-old-space-size in NODE_OPTIONS.'
      )
    )
  return findings.length > 0 ? findings : [memory.ok(`the cache (${cache}) fits into ${inMb(limit)} of memory`)]
}
