import type { FastifyRequest } from 'fastify'
import { isVdabPath } from '../vdabPaths.ts'

type Preference = { readonly quality: number; readonly index: number }

const absent: Preference = { quality: 0, index: Infinity }

/** Does an Accept header name HTML, before any kind of JSON? A wildcard does not count. */
export const prefersHtml = (accept = ''): boolean => {
  const ranges = accept
    .toLowerCase()
    .split(',')
    .map((range, index) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1'
      return { type, index, quality: Number(weight) || 0 }
    })
  const best = (pattern: RegExp): Preference =>
    ranges.filter(({ type }) => pattern.test(type)).sort((a, b) => b.quality - a.quality || a.index - b.index)[0] ??
    absent
  const html = best(/^(text\/html|application\/xhtml\+xml)$/)
  const json = best(/^application\/([\w.-]+\+)?json$/)
  return html.quality > json.quality || (html.quality > 0 && html.quality === json.quality && html.index < json.index)
}

/** Does a browser navigate to a page? Clients of VDAB's own paths always get IBM's JSON. */
export const isNavigation = ({ method, headers, url }: Pick<FastifyRequest, 'method' | 'headers' | 'url'>): boolean =>
  (method === 'GET' || method === 'HEAD') && prefersHtml(headers.accept) && !isVdabPath(url)

/** The relative URL of the root from a path, so that links work behind a path prefix: `./` from `/problems`. */
export const rootFrom = (url: string): string => {
  const [path = '/'] = url.split('?')
  const depth = path.split('/').length - 2
  return depth <= 0 ? './' : '../'.repeat(depth)
}
