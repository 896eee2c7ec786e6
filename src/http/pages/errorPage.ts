import { STATUS_CODES } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { catalogue, type GatewayError } from '../../errors.ts'
import { rootFrom } from './accept.ts'
import { escaped, prose, sendPage, sentence } from './document.ts'
import { explanations } from './problems.ts'

/**
 * Sends an error to a browser: status, message, code, what to do, and the request id. The page has the same facts as
 * the problem document for other clients.
 */
export const sendErrorPage = (
  { code, message, statusCode }: GatewayError,
  { id, url }: Pick<FastifyRequest, 'id' | 'url'>,
  reply: FastifyReply
) => {
  const root = rootFrom(url)
  const meaning = sentence(explanations[code].meaning)
  const isPath = code === 'NOT_FOUND'
  const body = `<p>${escaped(message)}</p>
<dl>
<dt>Status</dt><dd>${statusCode} ${escaped(STATUS_CODES[statusCode] ?? '')}</dd>
<dt>Code</dt><dd><a href="${root}problems/${code}"><code>${code}</code></a>. ${prose(meaning)}</dd>
<dt>What to do</dt><dd>${prose(sentence(isPath ? 'check the address' : explanations[code].advice))}</dd>
<dt>Request id</dt><dd><code>${escaped(id)}</code></dd>
</dl>
<p><a href="${root}">Go to the front page</a></p>`
  const onSimulator = reply.getHeader('x-vdab-simulator') !== undefined
  return sendPage(reply.code(statusCode), { title: catalogue[code].title, body, root, onSimulator })
}
