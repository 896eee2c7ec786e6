import { buildSchema } from 'graphql'
import { at } from './root.js'

const address = at('schema.graphql')

/**
 * The schema from `/schema.graphql`, with the key of the reader: it works where introspection is off. Throws an Error
 * in words; `isRefused` = the gateway does not accept the key.
 */
export const loadSchema = async (key, signal) => {
  const response = await fetch(address, { headers: { 'x-api-key': key }, credentials: 'omit', signal })
  const text = await response.text()
  if (response.ok) return buildSchema(text, { assumeValid: true })
  let problem = {}
  try {
    problem = JSON.parse(text)
  } catch {
    // A proxy may answer without JSON.
  }
  const words = problem.detail ?? problem.title ?? `The gateway answered with status ${response.status}.`
  throw Object.assign(new Error(words), { isRefused: response.status === 401 })
}
