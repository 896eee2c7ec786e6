import { writeFileSync } from 'node:fs'
import type { Config } from '../config/index.ts'
import { settingsFor, startSimulator } from '../vdab/embeddedSimulator.ts'
import { contractFor, runContract, type Finding } from '../upstream/contract.ts'

const words: Readonly<Record<Finding['outcome'], string>> = {
  ok: 'ok',
  noted: 'noted',
  failed: 'FAILED',
  skipped: 'skipped'
}

type Options = {
  print?: (line: string) => void
  /** the file to write the findings to as JSON; none when absent */
  report?: string | undefined
}

/**
 * Checks each requirement of the gateway against VDAB, or against the embedded simulator when VDAB_URL is not set, and
 * prints the result of each. The report contains the same findings; neither contains a value from VDAB. Resolves to
 * true when none failed.
 */
export const check = async (
  { vdab }: Pick<Config, 'vdab'>,
  { print = (line) => process.stdout.write(`${line}\n`), report }: Options = {}
): Promise<boolean> => {
  const embedded = vdab.url ? undefined : await startSimulator(vdab)
  const count = { ok: 0, noted: 0, failed: 0, skipped: 0 }
  const findings: Finding[] = []
  const idWidth = Math.max(...contractFor(vdab.profile).map(({ id }) => id.length))
  print(
    embedded
      ? 'ON THE EMBEDDED SIMULATOR: this says nothing about VDAB. Set VDAB_API_KEY to check VDAB.'
      : 'Checking the API at VDAB_URL.'
  )
  try {
    for await (const finding of runContract(settingsFor(vdab, embedded?.url))) {
      const { id, name, outcome, reason } = finding
      findings.push(finding)
      count[outcome] += 1
      print(`${words[outcome].padEnd(8)}${id.padEnd(idWidth)}  ${name}${reason === undefined ? '' : `: ${reason}`}`)
    }
  } finally {
    await embedded?.close()
  }
  print(
    `${count.ok} ok, ${count.failed} failed, ${count.skipped} skipped${count.noted > 0 ? `, ${count.noted} noted` : ''}`
  )
  if (report !== undefined) {
    const { profile, environment } = vdab
    const about = { checkedAt: new Date().toISOString(), profile, environment, onSimulator: embedded !== undefined }
    writeFileSync(report, `${JSON.stringify({ ...about, count, findings }, null, 2)}\n`)
    print(`The report is in ${report}.`)
  }
  return count.failed === 0
}
