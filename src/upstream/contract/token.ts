import { GatewayError } from '../../errors.ts'
import { createCredentials } from '../credentials/index.ts'
import type { ReachedVdab } from '../credentials/index.ts'
import { isJsonObject } from '../../formats/exactJson.ts'
import { jsonOf, must, need } from './assert.ts'
import { nouns } from './world.ts'
import type { Item, World } from './world.ts'

const { vacature } = nouns

/** The settings of version 4. Throws Skipped under version 2, which uses only the key. */
const needToken = ({ settings }: World) => {
  const { token } = settings
  need(token !== undefined, 'VDAB_PROFILE=v2 takes no token')
  return { ...settings, token }
}

const isGranted = async (settings: ReachedVdab): Promise<boolean> => {
  const credentials = createCredentials({ settings })
  try {
    return (await credentials.show(true)).token !== undefined
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'UPSTREAM_REFUSED') return false
    throw error
  } finally {
    await credentials.close()
  }
}

const hasLabels = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.some(hasLabels)
    : isJsonObject(value) && (typeof value['label'] === 'string' || Object.values(value).some(hasLabels))

/** The requirements that apply to version 4 only: its tokens, and its codes with labels. */
export const tokenItems: readonly Item[] = [
  {
    id: 'token-grant',
    name: 'MUST give a token for VDAB_CLIENT_ID and VDAB_CLIENT_SECRET, as VDAB_TOKEN_AUTH says',
    run: async (world) => {
      must(await isGranted(needToken(world)), 'the token service refuses the client id or the secret')
    }
  },
  {
    id: 'token-wrong-secret',
    name: 'MUST refuse a wrong client secret with 400, 401 or 403',
    run: async (world) => {
      const { token, ...settings } = needToken(world)
      const clientSecret = { name: 'VDAB_CLIENT_SECRET', value: { reveal: () => 'wrong-secret' } }
      must(!(await isGranted({ ...settings, token: { ...token, clientSecret } })), 'a wrong secret gets a token')
    }
  },
  {
    id: 'token-needed',
    name: 'MUST refuse a call of Vacature with a wrong token with 401 or 403',
    run: async (world) => {
      needToken(world)
      const { status } = await world.ask('vacatures', {
        query: { aantal: '1' },
        headers: { authorization: 'Bearer wrong-token' }
      })
      must(status === 401 || status === 403, `status ${status}`)
    }
  },
  {
    id: 'vacature-labels',
    name: 'SHOULD send labels with the codes of a vacature',
    run: async (world) => {
      needToken(world)
      const [id = ''] = await world.hits(vacature, 1)
      must(hasLabels(jsonOf(await world.ask('vacature', { id }))), 'no code has a label')
    }
  }
]
