// A receiver of webhooks that can be killed: it writes down what it was told, and then answers.
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Webhook } from 'standardwebhooks'

const [port, file, secret] = process.argv.slice(2)
const webhook = new Webhook(secret)

createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  let isValid = true
  try {
    webhook.verify(body, request.headers)
  } catch {
    isValid = false
  }
  const volg = Number(request.headers['webhook-id'].split('.').at(-1))
  const { data } = JSON.parse(body)
  appendFileSync(
    file,
    `${JSON.stringify({ volg, isValid, id: data.interneReferentie, soort: data.soort, at: Date.now() })}\n`
  )
  response.writeHead(204).end()
}).listen(Number(port), '127.0.0.1')
