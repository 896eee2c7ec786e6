import type { ReachedVdab } from './credentials/index.ts'
import { GatewayError } from '../errors.ts'
import { createAsk } from './contract/ask.ts'
import { nounItems } from './contract/noun.ts'
import { referentieItems } from './contract/referentie.ts'
import { tokenItems } from './contract/token.ts'
import { vacatureItems } from './contract/vacature.ts'
import { Failed, must, Skipped } from './contract/assert.ts'
import { createWorld, nouns } from './contract/world.ts'
import type { Item } from './contract/world.ts'

/** The result of one requirement. The reason never contains the key or data from VDAB. */
export type Finding = {
  readonly id: string
  readonly name: string
  /** 'noted': a SHOULD that VDAB does not meet */
  readonly outcome: 'ok' | 'noted' | 'failed' | 'skipped'
  readonly reason?: string
}

/** The requirements of the gateway for VDAB's version 2, as executable checks. */
export const contract: readonly Item[] = [
  {
    id: 'key-wrong',
    name: 'MUST refuse a wrong key with 401 or 403',
    run: async ({ ask, needEntry }) => {
      await needEntry()
      const { status } = await ask('vacatures', { query: { aantal: '1' }, headers: { 'x-ibm-client-id': 'wrong-key' } })
      must(status === 401 || status === 403, `status ${status}`)
    }
  },
  ...nounItems(nouns.vacature),
  ...vacatureItems,
  ...nounItems(nouns.kandidaat),
  ...referentieItems
]

/** The requirements for a version. Version 4 has tokens, and does not support velden=status (upstream.md §2.1). */
export const contractFor = (profile: 'v2' | 'v4'): readonly Item[] =>
  profile === 'v2' ? contract : [...tokenItems, ...contract.filter(({ id }) => id !== 'vacatures-velden-status')]

const judge = (error: unknown): Pick<Finding, 'outcome' | 'reason'> => {
  if (error instanceof Skipped) return { outcome: 'skipped', reason: error.message }
  if (error instanceof Failed || error instanceof GatewayError) return { outcome: 'failed', reason: error.message }
  return {
    outcome: 'failed',
    reason: `the check itself failed (${error instanceof Error ? error.name : typeof error})`
  }
}

/**
 * Runs the contract against VDAB, one query at a time: some 50 in all. Never throws; every requirement gets a finding.
 */
export async function* runContract(settings: ReachedVdab): AsyncGenerator<Finding, void, undefined> {
  const { ask, close } = createAsk(settings)
  const world = createWorld({ ask, settings })
  try {
    for (const { id, name, run } of contractFor(settings.profile)) {
      const verdict = await run(world).then((): Pick<Finding, 'outcome' | 'reason'> => ({ outcome: 'ok' }), judge)
      const isNoted = verdict.outcome === 'failed' && name.startsWith('SHOULD')
      yield { id, name, ...verdict, ...(isNoted ? { outcome: 'noted' } : {}) }
    }
  } finally {
    await close()
  }
}
