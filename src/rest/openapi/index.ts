import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import { stringify } from 'yaml'
import { GatewayError } from '../../errors.ts'
import type { PreparedRow } from '../prepare.ts'
import { createDocument } from './document.ts'
import { page, pageScript, pageStyle } from './page.ts'

const open = { config: { isPublic: true } }
const packaged = createRequire(import.meta.url)
const html = 'text/html; charset=utf-8'

/** Everything is loaded from this process, except the icons of Swagger UI, which are data: addresses. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

const ofPackage = (name: string, type: string) => ({
  type,
  read: () => readFile(packaged.resolve(`swagger-ui-dist/${name}`))
})
const ofPage = (text: string, type: string) => ({ type, read: async () => Buffer.from(text) })
const files: Readonly<Record<string, { type: string; read: () => Promise<Buffer> }>> = {
  'swagger-ui.css': ofPackage('swagger-ui.css', 'text/css; charset=utf-8'),
  'swagger-ui-bundle.js': ofPackage('swagger-ui-bundle.js', 'text/javascript; charset=utf-8'),
  'favicon-32x32.png': ofPackage('favicon-32x32.png', 'image/png'),
  'page.js': ofPage(pageScript, 'text/javascript; charset=utf-8'),
  'page.css': ofPage(pageStyle, 'text/css; charset=utf-8')
}

/** The value of a function that runs at the first use: the description is large, and few clients request it. */
const atFirstUse = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/**
 * Serves the OpenAPI document at /openapi.json and /openapi.yaml, and the page that shows it at /docs. They need no
 * key: the document contains no data.
 */
export const registerDescription = (
  app: FastifyInstance,
  { schema, rows }: { schema: GraphQLSchema; rows: readonly PreparedRow[] }
) => {
  const document = atFirstUse(() => createDocument(schema, rows))
  const json = atFirstUse(() => JSON.stringify(document()))
  const yaml = atFirstUse(() => stringify(document(), { aliasDuplicateObjects: false }))
  const send = (reply: FastifyReply, type: string, text: string) =>
    reply.headers({ 'cache-control': 'public, max-age=300' }).type(type).send(text)
  app.get('/openapi.json', open, (_request, reply) => send(reply, 'application/json; charset=utf-8', json()))
  app.get('/openapi.yaml', open, (_request, reply) => send(reply, 'application/yaml; charset=utf-8', yaml()))

  app.get('/docs', open, ({ url }, reply) => {
    // The URLs of the page are relative to the path without a trailing slash, so that it works behind a prefix.
    if (url.split('?')[0]?.endsWith('/')) return reply.redirect('../docs', 308)
    return reply.headers({ 'content-security-policy': policy, 'cache-control': 'no-cache' }).type(html).send(page)
  })
  app.get<{ Params: { file: string } }>('/docs/:file', open, async (request, reply) => {
    const { file } = request.params
    const found = Object.hasOwn(files, file) ? files[file] : undefined
    if (found === undefined) throw new GatewayError('NOT_FOUND', 'There is nothing at this address.')
    return reply
      .headers({ 'cache-control': 'public, max-age=3600' })
      .type(found.type)
      .send(await found.read())
  })
}
