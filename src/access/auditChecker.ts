import { hash as digest } from 'node:crypto'
import { createMac, noHead, unseal, type ChainHead, type Mac } from './auditChain.ts'
import { timeIn, type Line } from './auditLines.ts'

/** A place where the log differs from what the gateway wrote, and how. */
export type AuditFinding = { readonly file: string; readonly line: number; readonly problem: string }
type Place = { readonly file: string; readonly line: number }
type Own = {
  readonly soort?: string
  readonly wijze?: string
  readonly sleutel?: string
  readonly vorige?: string
  readonly sha256?: string
  readonly bestanden?: readonly Partial<ChainHead>[]
}
type Options = {
  /** the keys of chains with a key, current and previous ones */
  keys?: readonly string[]
  /** the chain may start in the middle: earlier files are not checked */
  isPart?: boolean
  /** a record that was noted elsewhere: the chain must contain it */
  noted?: ChainHead | undefined
}

// In the records of reads the quotes of values are escaped, so only own records match.
const isOwn = (body: string) => body.includes('"soort":"')
const ownIn = (body: string): Own => {
  try {
    return JSON.parse(`${body}}`) as Own // a changed record is detected by its hash
  } catch {
    return {}
  }
}

/**
 * Checks the lines of one chain in their order. After a finding it continues with the hash that the line states, so
 * that each change is reported at its own line. Lines before the first chained one are only counted: older versions
 * wrote them.
 */
export const createChecker = ({ keys = [], isPart = false, noted }: Options) => {
  const plain = createMac()
  const macs = keys.map((key) => createMac(key))
  const findings: AuditFinding[] = []
  let mac: Mac | undefined = plain
  let head: ChainHead | undefined
  let [records, unchained, lastUnchained] = [0, 0, 0]
  let place: Place = { file: '', line: 0 }
  /** where the chain starts after deleted files */
  let start: (Place & ChainHead) | undefined
  let remains: (Place & { sha256: string })[] = []
  const deleted = new Set<string>()
  const methods = new Set<string>()
  const unknownKeys = new Set<string>()
  let isNoted = false

  const report = (problem: string, { file, line }: Place = place) => findings.push({ file, line, problem })

  const begin = ({ wijze, sleutel, vorige }: Own) => {
    if (wijze === 'sha256' && mac?.sleutel !== undefined) report('the chain goes on without the key that it had before')
    mac = wijze === 'sha256' ? plain : macs.find((one) => one.sleutel === sleutel)
    const name = sleutel ?? '?'
    if (!mac && !unknownKeys.has(name))
      report(`the chain has the key ${name}, which was not given: only its numbers are checked`)
    if (!mac) unknownKeys.add(name)
    return vorige
  }

  /** The hash that a line must continue; undefined when it is unknown, because lines are missing. */
  const previousFor = (nr: number, vorige: string | undefined): string | undefined => {
    if (!head) {
      if (nr > 1 && vorige !== undefined) start = { ...place, nr: nr - 1, hash: vorige }
      else if (nr > 1) report(`records 1 to ${nr - 1} are missing before this line`)
      return nr === 1 ? noHead.hash : vorige
    }
    if (nr === head.nr + 1) return head.hash
    const [first, last] = [head.nr + 1, nr - 1]
    report(`${first === last ? `record ${first} is` : `records ${first} to ${last} are`} missing before this line`)
    return vorige
  }

  const chained = (nr: number, hash: string, body: string) => {
    if (head && nr <= head.nr) {
      report(`record ${nr} stands after record ${head.nr}: it was moved, repeated or inserted`)
      return
    }
    const own = isOwn(body) ? ownIn(body) : {}
    const vorige = own.soort === 'begin' ? begin(own) : undefined
    const previous = previousFor(nr, vorige)
    if (mac && previous !== undefined) {
      // A line is read with one character per byte.
      if (mac.of(Buffer.from(previous + body, 'latin1')) !== hash)
        report('the hash does not fit: this line, or the hash of the line before it, was changed')
      methods.add(mac.wijze)
    }
    if (own.soort === 'verwijderd')
      for (const one of own.bestanden ?? []) deleted.add(`${one.nr ?? 0} ${one.hash ?? ''}`)
    if (own.soort === 'hersteld') remains = remains.filter(({ sha256 }) => sha256 !== own.sha256)
    if (nr === noted?.nr) {
      isNoted = true
      if (hash !== noted.hash) report(`record ${nr} has another hash than was noted`)
    }
    head = { nr, hash }
    records += 1
  }

  const unsealed = (text: string, bytes: Buffer) => {
    if (!head) {
      unchained += 1
      lastUnchained = Math.max(lastUnchained, timeIn(text) ?? 0)
    } else if (text.endsWith('}')) report('the line is not chained: it was inserted, or lost its hash')
    else remains.push({ ...place, sha256: digest('sha256', bytes, 'hex') })
  }

  return {
    /** Checks the next line. */
    line({ bytes, isEnded }: Line, at: Place) {
      place = at
      const text = bytes.toString('latin1')
      const sealed = unseal(text)
      if (!isEnded && head) {
        report(
          sealed
            ? 'the line has no line end: it was cut, or the gateway was killed'
            : 'the line is incomplete: it was cut, or the gateway was killed or is writing it'
        )
        if (!sealed) return
      }
      if (!sealed) {
        unsealed(text, bytes)
        return
      }
      if (!head && unchained > 0 && (timeIn(text) ?? Infinity) < lastUnchained)
        report('lines without a hash are later than the start of the chain')
      chained(sealed.nr, sealed.hash, sealed.body)
    },
    /** The result, after the last line. */
    end() {
      if (start && !isPart && !deleted.has(`${start.nr} ${start.hash}`))
        report(`records 1 to ${start.nr} are missing before this line, and no record tells of their deletion`, start)
      for (const rest of remains) report('the line is not a record: it was changed or inserted', rest)
      if (noted && !isNoted)
        report(`the chain ends at record ${head?.nr ?? 0}, and record ${noted.nr} was noted: the end is missing`)
      return { records, unchained, head, methods: [...methods], deletedTo: start?.nr ?? 0, findings }
    }
  }
}

export type Checked = ReturnType<ReturnType<typeof createChecker>['end']>
