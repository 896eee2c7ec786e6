import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Changes } from '../../changes/changes.ts'
import { GatewayError } from '../../errors.ts'
import type { createHealth } from '../../upstream/health.ts'
import { version } from '../version.ts'
import { isNavigation, rootFrom } from './accept.ts'
import { escaped, prose, sendPage, sentence, varyByAccept } from './document.ts'
import { frontBody, placesOf, type Facts } from './front.ts'
import { errorCodeOf, errorCodes, problemPageOf, retryWords } from './problems.ts'

type Options = {
  health: ReturnType<typeof createHealth>
  changes: Changes
  onSimulator: boolean
  /** do the demo consumers exist? */
  hasDemoKeys: boolean
  profile: string
  isDraining: () => boolean
}

const config = { isPublic: true }

const sendJson = (reply: FastifyReply, body: unknown) =>
  varyByAccept(reply).type('application/json; charset=utf-8').send(JSON.stringify(body))

const registerProblems = (app: FastifyInstance, onSimulator: boolean) => {
  const keepForAnHour = (reply: FastifyReply) => reply.header('cache-control', 'public, max-age=3600')

  app.get('/problems', { config }, (request, reply) => {
    const problems = errorCodes.map(problemPageOf)
    if (!isNavigation(request)) return sendJson(keepForAnHour(reply), { problems })
    const root = rootFrom(request.url)
    const body = `<p>Each error has one of these codes. The codes are stable; the messages can change.</p>
<ul class="cards">
${problems
  .map(
    ({ code, status, title }) =>
      `<li><a href="${root}problems/${code}"><code>${code}</code></a><span>${status}. ${escaped(title)}</span></li>`
  )
  .join('\n')}
</ul>`
    return sendPage(keepForAnHour(reply), { title: 'Error codes', body, root, onSimulator })
  })

  app.get<{ Params: { code: string } }>('/problems/:code', { config }, (request, reply) => {
    const code = errorCodeOf(request.params.code)
    if (code === undefined) throw new GatewayError('NOT_FOUND', 'No error has this code.')
    const problem = problemPageOf(code)
    if (!isNavigation(request)) return sendJson(keepForAnHour(reply), problem)
    const root = rootFrom(request.url)
    const body = `<p>${escaped(problem.title)}.</p>
<dl>
<dt>Status</dt><dd>${problem.status}</dd>
<dt>Meaning</dt><dd>${prose(sentence(problem.meaning))}</dd>
<dt>What to do</dt><dd>${prose(sentence(problem.advice))}</dd>
<dt>Does a retry help?</dt><dd>${prose(retryWords[problem.retry])}</dd>
</dl>
<p><a href="${root}problems">All error codes</a></p>`
    return sendPage(keepForAnHour(reply), { title: code, body, root, onSimulator })
  })
}

/**
 * Registers the front page and the pages of the error codes. A browser gets HTML, other clients get JSON. They need no
 * key: the front page shows no more than `/health/ready`.
 */
export const registerPages = (app: FastifyInstance, options: Options) => {
  const { health, changes, onSimulator, hasDemoKeys, profile, isDraining } = options

  const factsOf = async (): Promise<Facts> => {
    const { isReady, upstream } = await health.check()
    const status = isDraining() ? 'stopping' : isReady ? 'ok' : 'unavailable'
    return { status, simulator: onSimulator, profile, version, upstream, feeds: changes.state() }
  }

  app.get('/', { config }, async (request: FastifyRequest, reply) => {
    const facts = await factsOf()
    void reply.header('cache-control', 'no-store')
    if (!isNavigation(request)) {
      const links = Object.fromEntries(placesOf(app).map(({ path }) => [path, `/${path}`]))
      return sendJson(reply, { name: 'vdab-gateway', ...facts, links: { graphql: '/graphql', ...links } })
    }
    const demoKey = hasDemoKeys && onSimulator ? 'demo-frontend' : undefined
    const body = frontBody(facts, { app, request, demoKey })
    return sendPage(reply, { title: 'Vacancies and CVs of VDAB, by one API', body, root: './', onSimulator })
  })

  registerProblems(app, onSimulator)
}
