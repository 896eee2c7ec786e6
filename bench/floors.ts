import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { askOnce } from './load.ts'
import type { Question } from './load.ts'
import { folder, freePort, startNode } from './processes.ts'

const program = fileURLToPath(new URL('floor-server.mjs', import.meta.url))

/**
 * The floors: bare fastify and bare node:http. They answer the same requests (path, headers and body) with the bytes
 * that the gateway has just sent; bare fastify waits `waitMs` first, if given.
 */
export const startFloors = async <Name extends string>(
  questions: Readonly<Record<Name, Question>>,
  { waitMs }: { waitMs?: number } = {}
) => {
  const names = Object.keys(questions) as Name[] // the keys of the record
  const kept = await Promise.all(names.map(async (name) => ({ path: `/${name}`, ...(await askOnce(questions[name])) })))
  const file = join(folder, 'floors.json')
  writeFileSync(file, JSON.stringify([...kept, { path: '/ready', type: 'text/plain', text: 'ok' }]))

  const start = async (kind: 'fastify' | 'http') => {
    const port = await freePort()
    const server = await startNode({
      args: [program, kind, String(port), file, ...(waitMs === undefined ? [] : [String(waitMs)])],
      port,
      ready: '/ready'
    })
    const asked = names.map(
      (name) =>
        [name, { ...questions[name], server, path: `/${name}${/\?.*/.exec(questions[name].path)?.[0] ?? ''}` }] as const
    )
    return { server, questions: Object.fromEntries(asked) as Record<Name, Question> }
  }
  return {
    fastify: await start('fastify'),
    http: await start('http'),
    /** the bytes of each answer */
    sizes: Object.fromEntries(names.map((name, index) => [name, Buffer.byteLength(kept[index]?.text ?? '')])) as Record<
      Name,
      number
    >
  }
}
