import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { hasPrivateFields } from '../../src/fastPath/node.ts'
import { test } from './test.ts'

const createMessages = () => {
  const request = new IncomingMessage(new Socket())
  return { request, response: new ServerResponse(request) }
}

void test("this Node's private fields are as the fast path writes them", (t) => {
  t.equal(hasPrivateFields(), true)
  t.equal(hasPrivateFields(createMessages()), true)
  t.end()
})

void test('a Node without the private fields that the fast path needs is detected', (t) => {
  for (const change of [
    { response: { _header: undefined } },
    { response: { _headerSent: undefined } },
    { request: { _dumped: undefined } },
    { response: { head: null } }
  ]) {
    const { request, response } = createMessages()
    Object.assign(request, change.request)
    if (change.response && 'head' in change.response) {
      // A value written to `_header` is not sent by Node, so it has no effect.
      const text: unknown[] = []
      Object.defineProperty(response, '_header', { get: () => null, set: (value) => text.push(value) })
    } else Object.assign(response, change.response)
    t.equal(hasPrivateFields({ request, response }), false, JSON.stringify(change))
  }
  t.equal(hasPrivateFields({ request: {}, response: {} }), false)
  t.end()
})
