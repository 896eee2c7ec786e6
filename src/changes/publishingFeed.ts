import type { Noun } from './cursor.ts'
import { createFeed } from './feed.ts'
import { changesOf } from './follow.ts'
import type { createLogWriter } from './logWriter.ts'
import { causeOfPoll, type createChangeBuffer, type PollOptions } from './source.ts'
import { createBulkReader } from './window.ts'

type ChangeBuffer = ReturnType<typeof createChangeBuffer>
type LogWriter = ReturnType<typeof createLogWriter>

/** A feed that this process polls. The results go to its cache, to its readers, and to the other members. */
export const createPublishingFeed = (noun: Noun, buffer: ChangeBuffer, writer: LogWriter, options: PollOptions) => {
  const { vdab, settings, maxDays, now } = options
  return createFeed({
    ...options,
    noun,
    reader: createBulkReader({ vdab, noun, causeOf: causeOfPoll, overlapMs: settings.overlapMs, maxDays, now }),
    vdab: {
      changed: async (name, ids, before) => {
        await Promise.all([writer.append({ type: 'changed', ids, before }), vdab.changed(name, ids, before)])
      },
      startAnew: (name) => {
        void writer.append({ type: 'startAnew' })
        vdab.startAnew(name)
      }
    },
    publish: (rows) => {
      const changes = changesOf(noun, rows)
      if (changes.length > 0) void writer.append({ type: 'publish', changes })
      buffer.publish(changes)
    },
    onStart: () => {
      void writer.append({ type: 'beginPoll' })
      buffer.beginPoll()
    },
    onEnd: (settled) => {
      void writer.append({ type: 'settle', settled })
      buffer.settle(settled)
    }
  })
}
