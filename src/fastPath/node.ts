import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

const createMessages = () => {
  const request = new IncomingMessage(new Socket())
  return { request, response: new ServerResponse(request) }
}

/**
 * Are the private fields of Node's HTTP messages as the fast path writes them? `_header` is the head that a response
 * sends and `_headerSent` tells that it was sent, which shows in `headersSent`; `_dumped` tells that the body of a
 * request is not to be read. They are so in Node 20 and 24. Takes two messages that nothing else uses.
 */
export const hasPrivateFields = ({ request, response }: { request: object; response: object } = createMessages()) => {
  // fields without a type
  const { _header, _headerSent, headersSent } = response as Partial<ServerResponse & Record<string, unknown>>
  const { _dumped } = request as { _dumped?: unknown }
  if (_header !== null || _headerSent !== false || headersSent !== false || _dumped !== false) return false
  Object.assign(response, { _header: 'HTTP/1.1 200 OK\r\n\r\n' })
  return (response as ServerResponse).headersSent
}
