import { once } from 'node:events'
import { request as ask, type IncomingMessage } from 'node:http'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { demoConsumers, sha256 } from '../../src/access/consumers.ts'
import { document } from './description.ts'

/** The states of the gateway in which errors are produced. */
export type State = 'well' | 'limited' | 'overloaded' | 'failing' | 'hanging' | 'refusing' | 'late'
export type Request = {
  state: State
  path: string
  method: string
  headers: Record<string, string>
  body?: string | Buffer
}

const known = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const hour = 3_600_000
const instant = (ago: number) => encodeURIComponent(new Date(Date.now() - ago * hour).toISOString())
const span = () => `?van=${instant(2)}&tot=${instant(1)}`
const form = 'grant_type=client_credentials'
const tokenPath = '/isam/sps/oauth/oauth20/token'
const json = { 'content-type': 'application/json' }

/** A file with the demo consumers, and one that reads CVs only. */
export const consumersIn = (folder: string): string => {
  const file = join(folder, 'consumers.json')
  const more = { name: 'cvs-only', sha256: sha256('cvs-only'), scopes: ['kandidaten'] }
  const consumers = demoConsumers.map((one) =>
    one.name === 'demo-beheer' ? { ...one, webhooks: ['hooks.example'] } : one
  )
  writeFileSync(file, JSON.stringify([...consumers, more]))
  return file
}

/** `abonnement`: a subscription that stays; `weg`: one that was ended. */
export type Seeds = { cvId: string; cursor: string; abonnement: string; weg: string }
const subscriptions = '/api/abonnementen'
/** A body that creates a subscription. */
export const subscription = { url: 'https://hooks.example/vdab', filter: { jobdomein: ['JOBCAT10'] } }

/** A valid request for each path that needs more than its template. */
const rightPath = (template: string, { cvId, abonnement }: Seeds): string => {
  const filled = template
    .replace('abonnementen/{id}', `abonnementen/${abonnement}`)
    .replace('kandidaten/{id}', `kandidaten/${cvId}`)
    .replace('{release}', 'current')
    .replace('occupationalprofiles/{id}', 'occupationalprofiles/07f701ec-57c9-40dd-97d9-e9238062db1e')
    .replace('technicalcompetences/{id}', 'technicalcompetences/a70593df-d746-4c33-8cca-267e45d62435')
    .replace('{id}', known)
    .replace('{lijst}', 'JOBDOMEINEN')
    .replace('{code}', 'JOBCAT10')
  if (template === '/api/kandidaten/wijzigingen') return `${filled}?van=${instant(2)}`
  if (template.endsWith('/bulk')) return `${filled}${span()}`
  if (template.endsWith('/initial')) return `${filled}?datum=2026-11-01`
  return filled
}

/** A request that the schema of the path allows, and that the gateway refuses. */
const wrongPath = (template: string, right: string): string => {
  if (template.includes('/competent/')) return `${right}?lang=${'x'.repeat(1001)}`
  if (template.startsWith('/services/') && template.endsWith('/{id}')) return right.replace(/[^/]+$/, 'x%00')
  if (template === '/api/vacatures/wijzigingen') return `${right}?sinds=x`
  if (template === '/api/vacatures/export') return `${right}?na=${known}`
  return `${right}${right.includes('?') ? '&' : '?'}onbekend=1`
}

const bodyOf = (template: string, method: string, { cursor }: Seeds): Pick<Request, 'body'> => {
  if (method !== 'post' || template.endsWith('/geheim')) return {}
  if (template === tokenPath) return { body: `${form}&client_id=demo-frontend&client_secret=demo-frontend` }
  if (template === subscriptions) return { body: JSON.stringify(subscription) }
  if (template.endsWith('/herhaal')) return { body: JSON.stringify({ sinds: cursor }) }
  return { body: JSON.stringify(template.startsWith('/api/') ? { ids: [known] } : { vacatureIds: [known] }) }
}

/** The gateway reads the changes from VDAB only if the request has a cursor. */
const withCursor = (right: Request, template: string, { cursor }: Seeds): Request =>
  template === '/api/vacatures/wijzigingen' ? { ...right, path: `${right.path}?sinds=${cursor}` } : right

/** How each documented status is produced; a status without a row here fails the test. */
const makers: Readonly<Record<string, (right: Request, template: string, seeds: Seeds) => Request>> = {
  200: (right) => right,
  201: (right) => right,
  204: (right, _template, { abonnement, weg }) => ({ ...right, path: right.path.replace(abonnement, weg) }),
  304: (right) => ({ ...right, headers: { ...right.headers, 'x-api-key': 'demo-frontend', 'if-none-match': '*' } }),
  400: (right, template) =>
    template === tokenPath
      ? { ...right, body: 'grant_type=password' }
      : right.method === 'post'
        ? { ...right, path: `${right.path}?onbekend=1` }
        : { ...right, path: wrongPath(template, right.path) },
  401: (right, template) =>
    template === tokenPath
      ? { ...right, body: `${form}&client_id=demo-frontend&client_secret=no` }
      : { ...right, headers: { ...right.headers, 'x-api-key': 'nobody' } },
  403: (right, template) => ({
    ...right,
    headers: { ...right.headers, 'x-api-key': template.includes('/kandidaten') ? 'demo-frontend' : 'cvs-only' }
  }),
  404: (right, template) => ({
    ...right,
    path: template.endsWith('{code}')
      ? right.path.replace('JOBCAT10', 'NIETS')
      : template.includes('{release}')
        ? right.path.replace('current', '0.1')
        : template.startsWith(subscriptions)
          ? right.path.replace(/[0-9a-f-]{36}/, '00000000-68d3-4fb7-aa35-c36e96ede173')
          : right.path.replace(/[^/]+$/, '00000000-68d3-4fb7-aa35-c36e96ede173')
  }),
  406: (right) => ({ ...right, headers: { ...right.headers, accept: 'image/png' } }),
  410: (right, template, { cursor }) => ({
    ...right,
    state: 'late',
    path: template.endsWith('/herhaal')
      ? right.path
      : `${right.path}?sinds=${cursor}${template.endsWith('export') ? `&na=${known}` : ''}`
  }),
  413: (right, template) => ({
    ...right,
    body:
      template === tokenPath
        ? `${form}&scope=${'x'.repeat(9000)}`
        : template.startsWith(subscriptions)
          ? JSON.stringify({ [template === subscriptions ? 'url' : 'sinds']: 'x'.repeat(300_000) })
          : JSON.stringify({ [template.startsWith('/api/') ? 'ids' : 'vacatureIds']: ['x'.repeat(300_000)] })
  }),
  415: (right) => ({ ...right, headers: { ...right.headers, 'content-encoding': 'gzip' } }),
  429: (right) => ({ ...right, state: 'limited' }),
  502: (right, template, seeds) => ({ ...withCursor(right, template, seeds), state: 'failing' }),
  503: (right, template) => ({ ...right, state: template === '/health/ready' ? 'refusing' : 'overloaded' }),
  504: (right, template, seeds) => ({ ...withCursor(right, template, seeds), state: 'hanging' }),
  // The server refuses the request before routing.
  '4XX': (right) => ({
    ...right,
    headers: { 'x-long': 'x'.repeat(20_000) }
  })
}

export type Case = { template: string; status: string; request: Request | undefined }

/** A case for every documented status of every operation; `request` is undefined if no row produces it. */
export const casesOf = (seeds: Seeds): readonly Case[] =>
  Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) => {
      const type =
        method === 'get' ? {} : template === tokenPath ? { 'content-type': 'application/x-www-form-urlencoded' } : json
      const right: Request = {
        state: 'well',
        path: rightPath(template, seeds),
        method,
        headers: { 'x-api-key': 'demo-beheer', 'x-doel': 'a test', ...type },
        ...bodyOf(template, method, seeds)
      }
      return Object.keys(responses).map((status) => {
        return { template, status, request: makers[status]?.(right, template, seeds) }
      })
    })
  )

export type Answer = { status: number; type: string; text: string; headers: Record<string, unknown> }

/** Sends a request as it is: fetch would not send some headers. */
export const send = async (base: string, { path, method, headers, body }: Omit<Request, 'state'>): Promise<Answer> => {
  const outgoing = ask(`${base}${path}`, { method: method.toUpperCase(), headers, agent: false })
  outgoing.on('error', () => undefined) // the answer can arrive before the whole body is sent
  outgoing.end(body)
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage] // the event of Node
  let text = ''
  incoming.setEncoding('utf8')
  for await (const chunk of incoming) text += String(chunk)
  return {
    status: incoming.statusCode ?? 0,
    type: incoming.headers['content-type'] ?? '',
    text,
    headers: incoming.headers
  }
}
