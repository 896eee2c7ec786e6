import { badInput } from '../errors.ts'
import type { Form } from './forms/form.ts'
import type { PreparedRow } from './prepare.ts'
import { trimmedTo } from './selection.ts'

/** The parameters of a URL, as parsed by Fastify. */
export type Query = Readonly<Record<string, unknown>>

/**
 * The document of a request: the fixed selection of its form, all fields, those of a search item, or those that
 * `velden` names. Throws BAD_USER_INPUT for parameters that exclude each other.
 */
export const textFor = (
  { object, document, texts, others }: PreparedRow,
  query: Query,
  form: Form | undefined
): string => {
  if (form?.selection !== undefined) {
    const [chosen] = others.filter((name) => query[name] !== undefined)
    if (chosen !== undefined) throw badInput(chosen, `does not go with ${form.type}, whose fields are fixed`)
    return document(form.selection)
  }
  const details = query['details'] ?? 'false'
  if (details !== 'true' && details !== 'false') throw badInput('details', 'must be a boolean', ['true', 'false'])
  // Fastify's parser returns texts
  const velden = ([query['velden'] ?? []].flat() as string[]).flatMap((text) => text.split(','))
  if (velden.length === 0 || object === undefined) return details === 'true' ? texts.whole : texts.usual
  if (details === 'true') throw badInput('velden', 'and details=true exclude each other')
  return document(trimmedTo(object, velden))
}
