import { parse } from 'graphql'
import { eventStream } from './event-stream.js'
import { at } from './root.js'

const address = at('graphql')
const json = 'application/graphql-response+json, application/json'

// Just after a change of tabs GraphiQL still sends the operation name of the other tab.
const operationOf = ({ query, operationName }) => {
  try {
    const operations = parse(query).definitions.filter(({ kind }) => kind === 'OperationDefinition')
    return (
      operations.find(({ name }) => name?.value === operationName) ??
      (operations.length === 1 ? operations[0] : undefined)
    )
  } catch {
    return undefined
  }
}

const read = async (response) => {
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`HTTP ${response.status}: ${text.slice(0, 500) || response.statusText}`)
  }
}

/**
 * The fetcher of GraphiQL for one key. `getDoel` is called at every request, so that a new purpose does not fetch the
 * schema again; `onRefused` is called with the gateway's message after a 401. While `isExplaining` returns true, an
 * operation with one answer is asked with its explanation, and `onExplained` is called with the answer.
 */
export const createFetcher = ({ key, getDoel, onRefused, isExplaining, onExplained }) => {
  const send = async (body, headers, accept, signal) => {
    const all = new Headers({ 'x-api-key': key, ...(getDoel() && { 'x-doel': getDoel() }) })
    for (const [name, value] of Object.entries(headers ?? {})) all.set(name, value)
    all.set('accept', accept)
    all.set('content-type', 'application/json')
    const response = await fetch(address, {
      method: 'POST',
      headers: all,
      body: JSON.stringify(body),
      credentials: 'omit',
      redirect: 'error',
      signal
    })
    if (response.status !== 401) return response
    const answer = await read(response).catch(() => ({}))
    const reason = answer.errors?.[0]?.message ?? answer.detail ?? answer.title ?? 'The gateway does not know this key.'
    onRefused(reason)
    throw new Error(reason)
  }
  const explained = async (body, headers) => {
    const answer = await send(body, { ...headers, 'x-explain': '1' }, json).then(read)
    onExplained(answer, body.operationName)
    return answer
  }
  return (asked, { headers } = {}) => {
    const operation = operationOf(asked)
    const body = operation ? { ...asked, operationName: operation.name?.value } : asked
    return operation?.operation === 'subscription'
      ? eventStream((signal) => send(body, headers, `text/event-stream, ${json}`, signal), read)
      : isExplaining() && operation?.name?.value !== 'IntrospectionQuery'
        ? explained(body, headers)
        : send(body, headers, json).then(read)
  }
}
