// The least that can be done: take the request, send bytes that were there already, or, at PATH-304, that nothing has changed.
// floor-server.mjs http|fastify PORT FILE [ms to wait before it]
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import fastify from 'fastify'

const etag = 'W/"unchanged"'
const [kind, port, file, waitMs] = process.argv.slice(2)
const answers = JSON.parse(readFileSync(file, 'utf8')).map(({ path, type, text }) => ({
  path,
  type,
  body: Buffer.from(text)
}))

if (kind === 'fastify') {
  const app = fastify({ logger: false })
  for (const { path, type, body } of answers) {
    const send = (reply) => {
      void reply.header('content-type', type).send(body)
    }
    app.get(`${path}-304`, (_request, reply) => {
      void reply.code(304).header('etag', etag).send()
    })
    app.route({
      method: ['GET', 'POST'],
      url: path,
      handler:
        waitMs === undefined || path === '/ready'
          ? (_request, reply) => {
              send(reply)
            }
          : (_request, reply) => {
              setTimeout(send, Number(waitMs), reply)
            }
    })
  }
  await app.listen({ host: '127.0.0.1', port: Number(port) })
} else {
  const kept = new Map(answers.map((answer) => [answer.path, answer]))
  createServer((request, response) => {
    const chunks = []
    request
      .on('data', (chunk) => chunks.push(chunk))
      .on('end', () => {
        if (chunks.length > 0) Buffer.concat(chunks)
        const [path] = request.url.split('?', 1)
        if (path.endsWith('-304')) {
          response.writeHead(304, { etag }).end()
          return
        }
        const { type, body } = kept.get(path)
        response.writeHead(200, { 'content-type': type, 'content-length': body.length }).end(body)
      })
  }).listen(Number(port), '127.0.0.1')
}
