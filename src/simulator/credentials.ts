import { Refusal } from './errors.ts'
import { onlyKnown, textIn, WrongSetting } from './settings.ts'
import { isTree } from './tree.ts'

/** An OAuth2 client of VDAB's token endpoint. */
export type Client = { clientId: string; clientSecret: string }

/** The default OAuth2 client of every simulator. */
export const demoClient: Client = { clientId: 'demo-client', clientSecret: 'demo-client-secret' }

const clientIn = (value: unknown): Client => {
  if (!isTree(value)) throw new WrongSetting('clients must be a list of { clientId, clientSecret }')
  onlyKnown(value, ['clientId', 'clientSecret'], 'a client')
  const [clientId, clientSecret] = [textIn(value, 'clientId'), textIn(value, 'clientSecret')]
  if (clientId === undefined || clientSecret === undefined)
    throw new WrongSetting('a client needs clientId and clientSecret')
  return { clientId, clientSecret }
}

const keysIn = (value: unknown): string[] | undefined => {
  if (value === null) return undefined
  if (Array.isArray(value) && value.length > 0 && value.every((key) => typeof key === 'string' && key !== ''))
    return value.map(String)
  throw new WrongSetting('keys must be a list of texts that are not empty, or null: every key')
}

/**
 * The keys and OAuth2 clients that VDAB knows. Without keys it accepts every key except those reserved for refusals: a
 * key that starts with `wrong` or `unsubscribed`. Several keys, or two secrets of one client, are valid at the same
 * time during a rotation.
 */
export const createCredentials = (key: string | undefined, given: readonly Client[] = [demoClient]) => {
  let keys = key === undefined ? undefined : [key]
  let clients = given

  /** Checks a key. Throws a Refusal. */
  const admit = (shown: string) => {
    if (shown === '') throw new Refusal(401)
    if (keys !== undefined) {
      if (!keys.includes(shown)) throw new Refusal(401)
    } else if (shown.startsWith('wrong')) throw new Refusal(401)
    else if (shown.startsWith('unsubscribed')) throw new Refusal(403)
  }

  const isClient = ({ clientId, clientSecret }: Client) =>
    clients.some((known) => known.clientId === clientId && known.clientSecret === clientSecret)

  /** The names of the clients and the number of keys; no secret. */
  const report = () => ({ clients: clients.map(({ clientId }) => clientId), keys: keys?.length ?? null })

  /** Replaces the keys, the clients, or both. Throws WrongSetting. */
  const set = (body: unknown) => {
    if (!isTree(body)) throw new WrongSetting('the body must be an object with keys, clients or both')
    onlyKnown(body, ['keys', 'clients'], 'the credentials')
    const fresh = body['clients']
    if (fresh !== undefined && !Array.isArray(fresh))
      throw new WrongSetting('clients must be a list of { clientId, clientSecret }')
    const freshClients = fresh?.map(clientIn) ?? clients
    if (body['keys'] !== undefined) keys = keysIn(body['keys'])
    clients = freshClients
    return report()
  }

  return { admit, isClient, set, report }
}

export type Credentials = ReturnType<typeof createCredentials>
