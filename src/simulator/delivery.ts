import { setMaxListeners } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import type { Fault, Mishap } from './faults.ts'
import { deepNesting, wrongShape } from './wrong-shape.ts'

export type Answer = { status: number; headers: { [name: string]: string }; body: string }

/** The header that distinguishes the simulator from VDAB. */
export const mark = { 'x-vdab-simulator': 'true' }

const pieces = 10
const standardSlownessMs = 5000

// Any number of responses may be delayed at once, but Node warns of a leak at the eleventh listener.
const createDelays = () => {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}

/** Sends responses, intact or with a fault. */
export const createDelivery = () => {
  let delays = createDelays()
  const hanging = new Set<FastifyReply>()

  /** Waits for some ms, or until all delays are released. */
  const wait = async (ms: number, { signal } = delays) => {
    if (ms > 0) await setTimeout(ms, undefined, { signal }).catch(() => undefined)
  }

  const open = (reply: FastifyReply, { status, headers, body }: Answer) => {
    reply.hijack()
    reply.raw.writeHead(status, { ...mark, ...headers, 'content-length': Buffer.byteLength(body) })
    return Buffer.from(body)
  }

  const spoilt: {
    readonly [kind: string]: (reply: FastifyReply, answer: Answer, fault: Fault, turn: number) => void | Promise<void>
  } = {
    reset: (reply) => {
      reply.hijack()
      reply.raw.socket?.resetAndDestroy()
    },
    hang: (reply) => {
      reply.hijack()
      hanging.add(reply)
      reply.raw.once('close', () => hanging.delete(reply))
    },
    truncate: (reply, answer) => {
      const bytes = open(reply, answer)
      reply.raw.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => reply.raw.destroy())
    },
    garbage: (reply, answer) => {
      reply.code(answer.status).headers(answer.headers).send('<html><body>\u0000 {"aantal": 3, "resultaten": [{"vaca')
    },
    'wrong-type': (reply, { status, headers, body }, _fault, turn) => {
      reply.code(status).headers(headers).send(wrongShape(body, turn))
    },
    'deep-nesting': (reply, { status, headers }) => {
      reply.code(status).headers(headers).send(deepNesting)
    },
    'slow-body': async (reply, answer, { latencyMs }) => {
      const begun = delays
      const bytes = open(reply, answer)
      const size = Math.max(1, Math.ceil(bytes.length / pieces))
      for (let at = 0; at < bytes.length && !reply.raw.destroyed; at += size) {
        reply.raw.write(bytes.subarray(at, at + size))
        await wait((latencyMs > 0 ? latencyMs : standardSlownessMs) / pieces, begun)
      }
      reply.raw.end()
    }
  }

  /** Sends a response, with a fault if there is one. */
  const deliver = async (reply: FastifyReply, answer: Answer, { ending: fault, turn }: Mishap) => {
    const spoil = spoilt[fault?.kind ?? '']
    if (spoil === undefined || fault === undefined) reply.code(answer.status).headers(answer.headers).send(answer.body)
    else await spoil(reply, answer, fault, turn)
    return reply
  }

  /** Ends every delay and closes every hanging connection. */
  const release = () => {
    delays.abort()
    delays = createDelays()
    for (const reply of hanging) reply.raw.destroy()
    hanging.clear()
  }

  return { wait, deliver, release }
}
