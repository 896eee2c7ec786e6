import { beginRecord, noHead, ownRecord, sealRecord, type ChainHead, type Mac, type Sealed } from './auditChain.ts'

type Options = {
  mac: Mac
  now: () => number
  /** the start of each record, as the start of an object in JSON; '{' by default */
  opening?: string
}

/** One group of entries, sealed: `own` are the journal's own records before them. */
export type SealedGroup = { readonly own: readonly Sealed[]; readonly entries: readonly (readonly Sealed[])[] }

/** The line of a sealed record, with its line end. */
export const toLines = (records: readonly Sealed[]): string => records.map(({ line }) => `${line}\n`).join('')

/**
 * The chain of one writer, and its own records: one at the start of a process and of a file (`begin`), then the policy
 * in force (`beleid`), again at each change of the policy, and notes. They precede the next records. A group advances
 * the chain by its written lines.
 */
export const createJournal = ({ mac, now, opening = '{' }: Options) => {
  let head: ChainHead | undefined
  let hasBegun = false
  let policy: string | undefined
  let declared: string | undefined
  let notes: object[] = []
  const opened = (record: string) => opening + record.slice(1)

  return {
    head: (): ChainHead => head ?? noHead,
    /** Continues after this record, unless the chain is known to be longer. Verification then finds the gap. */
    resume(found: ChainHead) {
      if (!head || found.nr > head.nr) head = found
    },
    hasHead: () => head !== undefined,
    /** Sets the policy in force: an object in JSON that starts with `soort`. Returns whether it must be written. */
    declare(text: string): boolean {
      policy = text
      return policy !== declared
    },
    /** Adds a record about the log itself. */
    note(members: object) {
      notes.push(members)
    },
    takeBack(members: object) {
      notes = notes.filter((one) => one !== members)
    },
    /** Seals the records of a group. `isNew`: they are the first records of a file. */
    seal(group: readonly (readonly string[])[], isNew: boolean): SealedGroup & { written: (lines: number) => void } {
      let last = head ?? noHead
      const sealNext = (record: string) => {
        const sealed = sealRecord(mac, last, opened(record))
        last = sealed
        return sealed
      }
      const begins = isNew || !hasBegun
      const [sealedPolicy, sealedNotes] = [policy, notes]
      const own = [
        ...(begins ? [beginRecord(now(), mac, last)] : []),
        ...(sealedPolicy !== undefined && (begins || sealedPolicy !== declared)
          ? [`${ownRecord(now(), {}).slice(0, -1)},${sealedPolicy.slice(1)}`]
          : []),
        ...sealedNotes.map((members) => ownRecord(now(), members))
      ].map(sealNext)
      const entries = group.map((records) => records.map(sealNext))
      return {
        own,
        entries,
        /** Reports how many of the lines, from the first, were written. */
        written(lines) {
          head = [...own, ...entries.flat()][lines - 1] ?? head
          if (lines < own.length) return
          hasBegun = true
          declared = sealedPolicy
          notes = notes.filter((one) => !sealedNotes.includes(one))
        }
      }
    }
  }
}

export type Journal = ReturnType<typeof createJournal>
