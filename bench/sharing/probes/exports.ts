import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { keyOf } from '../consumers.ts'
import type { Row, Verdict } from '../row.ts'
import { members } from '../world.ts'

/** Makes an export slow, so that faults begin and end during it. */
const [bytesPerTurn, turnMs] = [40_000, 100]
const longestMs = 90_000
type End = 'whole' | 'short' | 'broken' | 'refused' | 'silently short'

/** Reads an export slowly, and returns how it ended. */
const readOne = async (row: Row, member: number): Promise<End> => {
  const hash = createHash('sha256')
  let [lines, held, due] = [-1, '', 0]
  try {
    const { statusCode, body } = await request(`${row.world.urls[member]}/api/vacatures/export`, {
      headers: { 'x-api-key': keyOf('export') },
      bodyTimeout: 60_000,
      signal: AbortSignal.timeout(longestMs)
    })
    if (statusCode >= 500) row.fail(`${statusCode} to an export`)
    if (statusCode !== 200) {
      await body.dump()
      return 'refused'
    }
    for await (const chunk of body) {
      held += (chunk as Buffer).toString('latin1') // characters may be cut in two
      for (let end = held.indexOf('\n'); end >= 0 && !/^ *\{"compleet"/.test(held); end = held.indexOf('\n')) {
        hash.update(held.slice(0, end + 1), 'latin1')
        held = held.slice(end + 1)
        lines += 1
      }
      for (due += (chunk as Buffer).length; due > bytesPerTurn; due -= bytesPerTurn) await sleep(turnMs)
    }
  } catch {
    return 'broken'
  }
  const trailer = /\{"compleet".*\}/.exec(held)?.[0]
  if (trailer === undefined) return 'silently short'
  const { compleet, aantal, sha256 } = JSON.parse(trailer) as { compleet: boolean; aantal: number; sha256: string }
  if (aantal !== lines || sha256 !== hash.digest('hex')) return 'silently short'
  return compleet ? 'whole' : 'short'
}

/** Reads exports in sequence from the members in turn, and counts how they ended. */
export const exports = async (row: Row): Promise<Verdict> => {
  const ends = new Map<End, number>()
  await row.every(300, async (turn) => {
    const end = await readOne(row, turn % members)
    ends.set(end, (ends.get(end) ?? 0) + 1)
  })
  const isOk = !ends.has('silently short') && (ends.get('whole') ?? 0) > 0
  return { isOk, text: [...ends].map(([end, count]) => `${count} ${end}`).join(', ') }
}
