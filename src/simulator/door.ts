import type { FastifyInstance } from 'fastify'
import { momentOf } from './calendar.ts'
import type { createCalls } from './calls.ts'
import type { Collection } from './collection.ts'
import type { Credentials } from './credentials.ts'
import type { createFaults } from './faults.ts'
import type { createLimits } from './limits.ts'
import type { Script } from './script.ts'
import { WrongSetting } from './settings.ts'
import type { Tokens } from './token.ts'
import { branch, isTree } from './tree.ts'
import type { World } from './world.ts'

type Deps = {
  world: World
  calls: ReturnType<typeof createCalls>
  faults: ReturnType<typeof createFaults>
  limits: ReturnType<typeof createLimits>
  credentials: Credentials
  tokens: Tokens
  script: Script
  /** ends every delay, closes hanging connections */
  release: () => void
  setClock: (now: number) => void
}

const parsed = (body: unknown): unknown => {
  if (typeof body !== 'string' || body === '') throw new WrongSetting('the body must be JSON')
  try {
    return JSON.parse(body)
  } catch {
    throw new WrongSetting('the body is not valid JSON')
  }
}

const field = (body: unknown, name: string): unknown => {
  if (!isTree(body)) throw new WrongSetting(`the body must be an object with ${name}`)
  return body[name]
}

/**
 * The control API of the simulator under `/_simulator`: it needs no key, is not counted, and responds with `{ error }`
 * to a bad request.
 */
export const addDoor = (
  app: FastifyInstance,
  { world, calls, faults, limits, credentials, tokens, script, release, setClock }: Deps
) => {
  app.get('/_simulator/calls', () => calls.report())
  app.delete('/_simulator/calls', () => {
    calls.reset()
    return calls.report()
  })

  app.put('/_simulator/faults', ({ body }) => faults.set(parsed(body)))
  app.delete('/_simulator/faults', () => {
    faults.heal()
    release()
    return []
  })

  app.put('/_simulator/clock', ({ body }) => {
    const given = field(parsed(body), 'now')
    const now = typeof given === 'string' ? momentOf(given) : undefined
    if (now === undefined) throw new WrongSetting('now must be a time such as 2026-03-01T10:00:00.000Z')
    setClock(now)
    return { now: new Date(now).toISOString() }
  })

  app.put('/_simulator/limits', ({ body }) => limits.set(parsed(body)))
  app.delete('/_simulator/limits', () => limits.restore())

  app.get('/_simulator/script', () => script.report())
  app.put('/_simulator/script', ({ body }) => script.play(parsed(body)))
  app.delete('/_simulator/script', () => {
    release()
    return script.stop()
  })

  app.put('/_simulator/credentials', ({ body }) => credentials.set(parsed(body)))
  app.delete('/_simulator/tokens', () => ({ revoked: tokens.revoke() }))

  const addRecords = (name: string, collection: Collection, idPath: string) => {
    app.patch<{ Params: { id: string } }>(`/_simulator/${name}/:id`, ({ params: { id }, body }, reply) => {
      const patch = parsed(body)
      if (!isTree(patch)) throw new WrongSetting('the body must be an object')
      const index = collection.find(id)
      if (index === undefined) return reply.code(404).send({ error: `${id} is not in ${name}` })
      const renamed = branch(patch, idPath)
      if (renamed !== undefined && renamed !== collection.idOf(index))
        throw new WrongSetting(`${idPath} cannot be changed`)
      return collection.patch(index, patch)
    })
    app.delete<{ Params: { id: string } }>(`/_simulator/${name}/:id`, ({ params: { id } }, reply) => {
      const index = collection.find(id)
      if (index === undefined) return reply.code(404).send({ error: `${id} is not in ${name}` })
      collection.remove(index)
      return { id: collection.idOf(index), status: collection.statusOf(index) }
    })
  }
  addRecords('vacatures', world.vacatures, 'vacatureReferentie.interneReferentie')
  addRecords('kandidaten', world.kandidaten, 'cvId')
}
