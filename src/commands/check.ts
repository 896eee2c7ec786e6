import type { Config } from '../config/index.ts'
import { settingsFor, startSimulator } from '../vdab/embeddedSimulator.ts'
import { contract, runContract, type Finding } from '../upstream/contract.ts'

const words: Readonly<Record<Finding['outcome'], string>> = { ok: 'ok', failed: 'FAILED', skipped: 'skipped' }
const idWidth = Math.max(...contract.map(({ id }) => id.length))

/**
 * Checks each requirement of the gateway against VDAB, or against the embedded simulator when VDAB_URL is not set, and
 * prints the result of each. Resolves to true when none failed.
 */
export const check = async (
  { vdab }: Pick<Config, 'vdab'>,
  print: (line: string) => void = (line) => process.stdout.write(`${line}\n`)
): Promise<boolean> => {
  const embedded = vdab.url ? undefined : await startSimulator(vdab)
  const count = { ok: 0, failed: 0, skipped: 0 }
  print(
    embedded
      ? 'ON THE EMBEDDED SIMULATOR: this says nothing about VDAB. Set VDAB_API_KEY to check VDAB.'
      : 'Checking the API at VDAB_URL.'
  )
  try {
    for await (const { id, name, outcome, reason } of runContract(settingsFor(vdab, embedded?.url))) {
      count[outcome] += 1
      print(`${words[outcome].padEnd(8)}${id.padEnd(idWidth)}  ${name}${reason === undefined ? '' : `: ${reason}`}`)
    }
  } finally {
    await embedded?.close()
  }
  print(`${count.ok} ok, ${count.failed} failed, ${count.skipped} skipped`)
  return count.failed === 0
}
