import { randomUUID } from 'node:crypto'
import type { Config } from '../config/index.ts'
import { startSimulator } from '../vdab/embeddedSimulator.ts'
import { contract, runContract } from '../upstream/contract.ts'
import type { Finding } from '../upstream/contract.ts'

const words = { ok: 'ok', failed: 'FAILED', skipped: 'skipped' } as const satisfies Record<Finding['outcome'], string>
const idWidth = Math.max(...contract.map(({ id }) => id.length))

/**
 * Holds the list of what the gateway relies on against VDAB, or against the embedded simulator when no VDAB_URL is set,
 * and prints how each requirement fared. Is true when none failed.
 */
export const check = async (
  { vdab }: Pick<Config, 'vdab'>,
  print: (line: string) => void = (line) => process.stdout.write(`${line}\n`)
): Promise<boolean> => {
  const embedded = vdab.url ? undefined : await startSimulator()
  const count = { ok: 0, failed: 0, skipped: 0 }
  print(
    embedded
      ? 'ON THE EMBEDDED SIMULATOR: this says nothing about VDAB. Set VDAB_API_KEY to check VDAB.'
      : 'Checking what stands at VDAB_URL.'
  )
  try {
    for await (const { id, name, outcome, reason } of runContract({
      ...vdab,
      url: vdab.url ?? new URL(embedded?.url ?? ''),
      key: vdab.key ?? randomUUID()
    })) {
      count[outcome] += 1
      print(`${words[outcome].padEnd(8)}${id.padEnd(idWidth)}  ${name}${reason === undefined ? '' : `: ${reason}`}`)
    }
  } finally {
    await embedded?.close()
  }
  print(`${count.ok} ok, ${count.failed} failed, ${count.skipped} skipped`)
  return count.failed === 0
}
