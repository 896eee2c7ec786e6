import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

const createMessages = () => {
  const request = new IncomingMessage(new Socket())
  return { request, response: new ServerResponse(request) }
}

/**
 * Do Node's HTTP messages have the private fields that the fast path writes? `_header` is the head that a response
 * sends; `_headerSent` is whether it was sent, and `headersSent` returns it; `_dumped` is whether the body of a request
 * is skipped. Node 20 and 24 have them. The two messages must not be used elsewhere.
 */
export const hasPrivateFields = ({ request, response }: { request: object; response: object } = createMessages()) => {
  // fields without a type
  const { _header, _headerSent, headersSent } = response as Partial<ServerResponse & Record<string, unknown>>
  const { _dumped } = request as { _dumped?: unknown }
  if (_header !== null || _headerSent !== false || headersSent !== false || _dumped !== false) return false
  Object.assign(response, { _header: 'HTTP/1.1 200 OK\r\n\r\n' })
  return (response as ServerResponse).headersSent
}
