const messages: { [status: number]: readonly [string, string] } = {
  400: ['Bad Request', 'The request could not be understood'],
  401: ['Unauthorized', 'Invalid client id or secret.'],
  403: ['Forbidden', 'Not registered to plan'],
  404: ['Not Found', 'No resources match requested URI'],
  405: ['Method Not Allowed', 'The method is not allowed for the requested URL'],
  413: ['Payload Too Large', 'The request body is too large'],
  415: ['Unsupported Media Type', 'Content-Type must be application/json'],
  429: ['Too Many Requests', 'Rate Limit exceeded'],
  500: ['Internal Server Error', 'Failed to establish a backside connection'],
  502: ['Bad Gateway', 'URL Open error'],
  503: ['Service Unavailable', 'Failed to establish a backside connection'],
  504: ['Gateway Timeout', 'Failed to receive a response from the backside']
}

/** The error body of IBM API Connect; `httpCode` is text. */
export const ibmBody = (status: number, moreInformation?: string) => {
  const [httpMessage, standard] = messages[status] ?? ['Error', 'An error was injected']
  return JSON.stringify({ httpCode: String(status), httpMessage, moreInformation: moreInformation ?? standard })
}

/** An error response: the status, and the text of `moreInformation` if it is not the default. */
export class Refusal extends Error {
  readonly status: number
  readonly moreInformation: string | undefined

  constructor(status: number, moreInformation?: string) {
    super(moreInformation ?? `refused with ${status}`)
    this.status = status
    this.moreInformation = moreInformation
  }
}
