import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { keyOf } from './consumers.ts'
import type { Fault } from './faultTable.ts'
import type { World } from './world.ts'

export type Phase = 'before' | 'during' | 'after'
/** The result of a probe: whether the promise holds, and the figures. */
export type Verdict = { isOk: boolean; text: string }
type Answer = { status: number; text: string; headers: Readonly<Record<string, unknown>> }
type Asked = { consumer: string; method?: 'GET' | 'POST'; body?: unknown; mayBeShort?: boolean }

/** An answer that takes longer counts as failed. */
const timeoutMs = 20_000

/** One running row of the table: a fault, its phases, and the requests of all probes. */
export const createRow = (world: World, fault: Fault, number: number) => {
  const agent = new Agent({ connections: 50 })
  const failures = new Map<string, number>()
  let phase: Phase = 'before'
  let isOver = false
  let slowest = 0
  const startedAt = performance.now()

  const fail = (what: string) => void failures.set(what, (failures.get(what) ?? 0) + 1)

  /** Sends a request to a member. A 5xx or broken connection is a failure; `mayBeShort` allows a used-up VDAB quota. */
  const ask = async (member: number, path: string, { consumer, method = 'GET', body, mayBeShort }: Asked) => {
    const began = performance.now()
    const headers = { 'x-api-key': keyOf(consumer), 'content-type': 'application/json' }
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    try {
      const url = `${world.urls[member % world.urls.length]}${path}`
      const options = { method, headers, dispatcher: agent, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, ...sent }
      const answer = await request(url, options)
      const text = await answer.body.text()
      const isShort = mayBeShort === true && text.includes('UPSTREAM_RATE_LIMITED')
      const isFailed = answer.statusCode >= 500 || /"code":"(?:INTERNAL|UPSTREAM_[A-Z_]+)"/.test(text)
      if (isFailed && !isShort) fail(`${answer.statusCode} ${text.slice(0, 150)}`)
      if (!mayBeShort) slowest = Math.max(slowest, performance.now() - began)
      return { status: answer.statusCode, text, headers: answer.headers } satisfies Answer
    } catch (error) {
      if (!mayBeShort) fail(`no answer: ${String(error)}`)
      return { status: 0, text: '', headers: {} } satisfies Answer
    }
  }

  return {
    world,
    fault,
    number,
    agent,
    startedAt,
    ask,
    fail,
    failures,
    slowest: () => slowest,
    phase: () => phase,
    enter: (next: Phase) => {
      phase = next
    },
    end: () => {
      isOver = true
    },
    /** Repeats something every `ms` until the row is over. */
    every: async (ms: number, work: (turn: number) => unknown) => {
      for (let turn = 0; !isOver; turn += 1) {
        await work(turn)
        await sleep(ms)
      }
    }
  }
}

export type Row = ReturnType<typeof createRow>
