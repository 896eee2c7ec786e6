import { catalogue, type ErrorCode } from '../../errors.ts'

type Explanation = {
  /** when a response has this code */
  meaning: string
  advice: string
  /** does the same request succeed later? */
  retry: 'no' | 'after retryAfter' | 'later'
}

/**
 * The explanation of each error code, for `/problems/CODE`. docs/consumers/errors.md has the same texts; a test
 * compares them.
 */
export const explanations: Readonly<Record<ErrorCode, Explanation>> = {
  UNAUTHENTICATED: {
    meaning: 'no key, an unknown key, two keys, or an invalid token',
    advice: 'send your key; for a token, read the message; with 503, wait `retryAfter` seconds',
    retry: 'no'
  },
  FORBIDDEN: {
    meaning:
      'your key or token lacks the scope, or the request for CVs names no purpose; in GraphQL also: ' +
      'introspection is off, or the document is not registered',
    advice: 'ask the operator or your issuer for the scope; send `x-doel`',
    retry: 'no'
  },
  BAD_USER_INPUT: {
    meaning: 'the request is invalid',
    advice: 'read `field`; do not repeat the request unchanged',
    retry: 'no'
  },
  NOT_FOUND: {
    meaning: 'REST: the id or the path does not exist. GraphQL: no document has this hash or id',
    advice: 'remove the record; send the document',
    retry: 'no'
  },
  RATE_LIMITED: {
    meaning:
      'you have used up your operations or your budget of this minute, or your CVs of this day; or you ' +
      'have too many open connections, streams or exports; or you read too slowly',
    advice: 'wait `retryAfter` seconds; close connections that you do not need; resume after your cursor',
    retry: 'after retryAfter'
  },
  UPSTREAM_RATE_LIMITED: {
    meaning:
      "VDAB's calls per minute are used up, and the call cannot go before the request's time is over. A " +
      'consumer that uses less than its part of them rarely gets this',
    advice: "wait `retryAfter` seconds: the gateway's estimate of when the call would go",
    retry: 'after retryAfter'
  },
  UPSTREAM_UNAVAILABLE: {
    meaning: 'VDAB fails, cannot be reached, or sends an unreadable response',
    advice: 'try again later',
    retry: 'later'
  },
  UPSTREAM_TIMEOUT: { meaning: 'VDAB took too long', advice: 'try again later', retry: 'later' },
  UPSTREAM_REFUSED: {
    meaning: "VDAB refuses the gateway's key, or does not have the path",
    advice: 'report it to the operator with the request id',
    retry: 'no'
  },
  INTERNAL: {
    meaning: 'an error in the gateway',
    advice: 'report it to the operator with the request id',
    retry: 'no'
  },
  QUERY_TOO_COSTLY: {
    meaning:
      'the operation exceeds a maximum (price, depth, aliases, root fields, directives, tokens or ' +
      'selections); the message states which one, the value and the maximum',
    advice: 'select less in one operation',
    retry: 'no'
  }
}

/** What a client should do for each kind of retry. */
export const retryWords: Readonly<Record<Explanation['retry'], string>> = {
  no: 'No: the same request gets the same error.',
  'after retryAfter': 'Yes, after the seconds in `retryAfter` and in the header `retry-after`.',
  later: 'Yes, later, with growing pauses. A response may name the seconds in `retry-after`.'
}

/** All codes in the order of the catalogue. */
export const errorCodes = Object.keys(catalogue) as ErrorCode[] // its keys are exactly the codes

/** The code in a path, ignoring case; undefined for other texts. */
export const errorCodeOf = (text: string): ErrorCode | undefined =>
  errorCodes.find((code) => code === text.toUpperCase().replaceAll('-', '_'))

/** The content of `/problems/CODE`, as JSON. */
export const problemPageOf = (code: ErrorCode) => ({
  code,
  type: `/problems/${code}`,
  status: catalogue[code].status,
  title: catalogue[code].title,
  ...explanations[code]
})
