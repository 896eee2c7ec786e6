import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { style } from './style.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

/** Text as HTML: safe in elements and in quoted attributes. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '')

/** Text with `code` between backticks, as HTML. */
export const prose = (text: string): string => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>')

/** A phrase of a table as a sentence: a capital first, a full stop last. A name in backticks keeps its case. */
export const sentence = (phrase: string): string => `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}.`

const styleHash = createHash('sha256').update(style).digest('base64')

/** The policy of pages without scripts: only their own style is allowed. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

const icon =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 32 32%22%3E' +
  '%3Crect width=%2232%22 height=%2232%22 rx=%227%22 fill=%22%230b3a6e%22/%3E' +
  '%3Cpath d=%22M8 9l8 14 8-14%22 fill=%22none%22 stroke=%22%23fff%22 stroke-width=%224%22/%3E%3C/svg%3E'

type Page = {
  title: string
  /** HTML */
  body: string
  /** the relative URL of the root, see `rootFrom` */
  root: string
  onSimulator: boolean
  /** the page reloads after this time */
  refreshSeconds?: number
}

const badge = '<span class="badge">Simulator: invented data</span>'

const refresh = (seconds: number | undefined) =>
  seconds === undefined ? '' : `<meta http-equiv="refresh" content="${seconds}">\n`

const render = ({ title, body, root, onSimulator, refreshSeconds }: Page) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refresh(refreshSeconds)}<title>${escaped(title)} – VDAB gateway</title>
<link rel="icon" href="${icon}">
<style>${style}</style>
</head>
<body>
<header><a href="${root}">VDAB gateway</a>${onSimulator ? badge : ''}</header>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>
`

/** Sends a page under the strict policy. Caches must not mix it up with the JSON of the same address. */
export const sendPage = (reply: FastifyReply, page: Page) =>
  varyByAccept(reply).type('text/html; charset=utf-8').header('content-security-policy', policy).send(render(page))

/** Adds `Accept` to Vary: the same address has a page and JSON. */
export const varyByAccept = (reply: FastifyReply) => {
  const names = [reply.getHeader('vary') ?? []].flat().join(', ')
  return /\baccept\b(?!-)/i.test(names) ? reply : reply.header('vary', names === '' ? 'accept' : `${names}, accept`)
}
