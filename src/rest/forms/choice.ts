import type { FastifyRequest } from 'fastify'
import type { Form } from './form.ts'

const json = ['application/json', 'application/problem+json']

/** The media types of a path, in order of preference. Errors are problem documents in every form. */
export const producedBy = (forms: readonly Form[], own?: Form): readonly string[] =>
  own ? [own.type, 'application/problem+json'] : [...json, ...forms.map(({ type }) => type)]

/** The form that Accept prefers; undefined = JSON. */
export const chosenBy = (request: FastifyRequest, forms: readonly Form[]): Form | undefined => {
  if (forms.length === 0 || request.headers.accept === undefined) return undefined
  const type = request.accepts().type([...producedBy(forms)])
  return forms.find((form) => form.type === type)
}
