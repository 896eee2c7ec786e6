import type { Test } from 'tap'
import { demoClient } from '../../src/simulator/credentials.ts'
import { createSimulator, type SimulatorOptions } from '../../src/simulator/server.ts'
import { tokenPath } from '../../src/simulator/token-endpoint.ts'

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** The date of the test worlds, and noon on it. */
export const date = '2026-03-01'
const noon = Date.parse('2026-03-01T12:00:00.000Z')

/** The body of an answer; fetch has no type for it, so the one cast is here. */
export const read = async <Body = Json>(answer: Response | Promise<Response>) => (await (await answer).json()) as Body

/** The status and the body of an answer. */
export const outcome = async (answer: Response | Promise<Response>): Promise<[number, Json]> => {
  const response = await answer
  return [response.status, await read(response)]
}

/** IBM's form of an error. */
export const ibm = (status: number, httpMessage: string, moreInformation: string): [number, Json] => [
  status,
  { httpCode: String(status), httpMessage, moreInformation }
]

/** Starts a simulator behind a real socket, on a clock that only `pass` moves. */
export const start = async (test: Test, options: SimulatorOptions = {}) => {
  let moment = noon
  const simulator = createSimulator({ date, now: () => moment, vacatures: 200, kandidaten: 50, ...options })
  test.teardown(() => simulator.close())
  const base = await simulator.listen()
  let authorization: string | undefined

  const headers = () => ({
    'x-ibm-client-id': 'any-key',
    ...(authorization === undefined ? {} : { authorization })
  })
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${base}/openservices/${path}`, { headers: headers(), ...init })
  const get = async <Body = Json>(path: string): Promise<Body> => read(call(path))
  const post = (path: string, body: unknown) =>
    call(path, {
      method: 'POST',
      headers: { ...headers(), 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
  const door = async (method: string, path: string, body?: unknown) =>
    outcome(
      fetch(new URL(`/_simulator/${path}`, base), {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
    )
  const askToken = (form: { [name: string]: string }, init: RequestInit = {}) =>
    fetch(new URL(tokenPath, base), { method: 'POST', body: new URLSearchParams(form), ...init })
  /** Gets a token as the demo client and sends it from then on. */
  const logIn = async () => {
    const { access_token: token } = await read<{ access_token: string }>(
      askToken({
        grant_type: 'client_credentials',
        client_id: demoClient.clientId,
        client_secret: demoClient.clientSecret
      })
    )
    authorization = `Bearer ${token}`
    return token
  }
  /** Moves the clock. */
  const pass = (ms: number) => {
    moment += ms
  }
  return { base, call, get, post, door, askToken, logIn, pass }
}
