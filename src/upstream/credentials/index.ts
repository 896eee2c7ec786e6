import type { Config } from '../../config/index.ts'
import type { TokenSettings } from '../../config/profile.ts'
import type { Secret } from '../../config/secret.ts'
import type { GatewayError } from '../../errors.ts'
import { createDispatcher } from '../dispatcher.ts'
import { createGrant } from './grant.ts'
import { createRotation } from './rotation.ts'
import { createVdabTokens } from './tokens.ts'
import type { TokenGrant } from './tokens.ts'

/** The credentials of one call to VDAB. */
type ShownToVdab = {
  readonly headers: Readonly<Record<string, string>>
  readonly key: Secret
  /** undefined = this call sends no token */
  readonly token: string | undefined
}

/** The settings of VDAB with all addresses known. */
export type ReachedVdab = Omit<Config['vdab'], 'url' | 'token'> & {
  readonly url: URL
  readonly token: (TokenSettings & { readonly url: URL }) | undefined
}

type Dependencies = {
  settings: ReachedVdab
  /** gets tokens from another process of this gateway; VDAB's token service when absent */
  grant?: TokenGrant | undefined
  note?: (message: string) => void
  onToken?: (error: GatewayError | undefined) => void
  now?: () => number
}

const maxTokenAnswerBytes = 64 * 1024

/** Gets tokens from VDAB's token service, over a separate connection. */
const createOwnGrant = (
  token: NonNullable<ReachedVdab['token']>,
  { settings, note, now }: Required<Pick<Dependencies, 'settings' | 'note' | 'now'>>
) => {
  const secret = createRotation(token.clientSecret, note)
  const { dispatcher } = createDispatcher({
    ...settings,
    url: token.url,
    concurrency: 1,
    spareConnections: 0,
    maxAnswerBytes: maxTokenAnswerBytes
  })
  return {
    grant: createGrant({ settings: token, secret, dispatcher, timeoutMs: settings.headersTimeoutMs, now }),
    secrets: secret.values,
    close: async () => {
      secret.close()
      await dispatcher.destroy()
    }
  }
}

/**
 * The key of VDAB, and the token that Vacature v4 also needs (upstream.md §1.6). Both may change while the gateway
 * runs; a call that VDAB refused is repeated with the changed credential.
 */
export const createCredentials = ({ settings, grant, note = () => {}, onToken, now = Date.now }: Dependencies) => {
  const key = createRotation(settings.key, note)
  const own = grant || !settings.token ? undefined : createOwnGrant(settings.token, { settings, note, now })
  const granting = grant ?? own?.grant
  const tokens = granting && createVdabTokens({ grant: granting, now, on: onToken })

  return {
    /** The credentials of a call; with `needsToken` they include a token. Rejects as `tokens.current` does. */
    show: async (needsToken: boolean): Promise<ShownToVdab> => {
      const shown = key.current()
      const token = needsToken ? await tokens?.current() : undefined
      return {
        headers: {
          'x-ibm-client-id': shown.reveal(),
          ...(token === undefined ? {} : { authorization: `Bearer ${token.value}` })
        },
        key: shown,
        token: token?.value
      }
    },
    /** VDAB accepted a call with these credentials. */
    accepted: ({ token }: ShownToVdab) => {
      if (token !== undefined) tokens?.accepted(token)
    },
    /**
     * VDAB responded 401 to these credentials. A new token is fetched first, and then another value of the key is read;
     * in reverse order when the token itself is new. Resolves to true when the call may be repeated with changed
     * credentials.
     */
    refused: async ({ key: shownKey, token }: ShownToVdab): Promise<boolean> => {
      if (token === undefined || !tokens) return key.refused(shownKey)
      if (tokens.isUnproven(token)) return key.refused(shownKey) || tokens.refused(token)
      return (await tokens.refused(token)) || key.refused(shownKey)
    },
    /** The tokens, for the other processes of this gateway. */
    tokens,
    /** Texts that no error may contain. */
    secrets: (): readonly string[] => [...key.values(), ...(own?.secrets() ?? [])].map((one) => one.reveal()),
    close: async () => {
      key.close()
      await own?.close()
    }
  }
}

export type Credentials = ReturnType<typeof createCredentials>
