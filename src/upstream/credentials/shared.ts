import { GatewayError } from '../../errors.ts'
import type { ErrorCode } from '../../errors.ts'
import type { VdabToken, VdabTokens } from './tokens.ts'

/** A token, or the reason why there is none, as plain data for another process. */
export type TokenOrFailure =
  VdabToken | { readonly code: ErrorCode; readonly message: string; readonly upstreamStatus: number | undefined }

/** The token of this process for another one; `refused` is a token that VDAB did not accept. Never rejects. */
export const tokenOrFailure = async (
  tokens: VdabTokens | undefined,
  refused: string | undefined
): Promise<TokenOrFailure> => {
  try {
    if (!tokens) throw new GatewayError('INTERNAL', 'VDAB takes the key only.')
    if (refused !== undefined) await tokens.refused(refused)
    const { value, endsAt } = await tokens.current()
    return { value, endsAt }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const { code, message, upstreamStatus } = error
    return { code, message, upstreamStatus }
  }
}

/** The token in the response of another process. Throws the failure of that process. */
export const toToken = (answer: TokenOrFailure): VdabToken => {
  if ('value' in answer) return answer
  const { code, message, upstreamStatus } = answer
  throw new GatewayError(code, message, upstreamStatus === undefined ? {} : { upstreamStatus })
}
