import type { Noun } from './cursor.ts'
import { createFeed } from './feed.ts'
import { changesOf } from './follow.ts'
import type { createLogWriter } from './logWriter.ts'
import { causeOfPoll, type createChangeBuffer, type PollOptions } from './source.ts'
import { createBulkReader } from './window.ts'

type ChangeBuffer = ReturnType<typeof createChangeBuffer>
type LogWriter = ReturnType<typeof createLogWriter>

/** A feed that this process polls. The results go to its cache, to its readers, and to the other members. */
export const createToldFeed = (noun: Noun, buffer: ChangeBuffer, writer: LogWriter, options: PollOptions) => {
  const { vdab, settings, maxDays, now } = options
  return createFeed({
    ...options,
    noun,
    reader: createBulkReader({ vdab, noun, causeOf: causeOfPoll, overlapMs: settings.overlapMs, maxDays, now }),
    vdab: {
      changed: async (name, ids, before) => {
        await Promise.all([writer.tell({ type: 'changed', ids, before }), vdab.changed(name, ids, before)])
      },
      startAnew: (name) => {
        void writer.tell({ type: 'startAnew' })
        vdab.startAnew(name)
      }
    },
    publish: (rows) => {
      const changes = changesOf(noun, rows)
      if (changes.length > 0) void writer.tell({ type: 'publish', changes })
      buffer.publish(changes)
    },
    onStart: () => {
      void writer.tell({ type: 'beginPoll' })
      buffer.beginPoll()
    },
    onEnd: (settled) => {
      void writer.tell({ type: 'settle', settled })
      buffer.settle(settled)
    }
  })
}
