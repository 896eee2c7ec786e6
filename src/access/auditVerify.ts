import { open, type FileHandle } from 'node:fs/promises'
import type { ChainHead } from './auditChain.ts'
import { createChecker, type Checked } from './auditChecker.ts'
import { eachAuditFile } from './auditFiles.ts'
import { lastLine, linesOf, timeIn, type Line } from './auditLines.ts'

type Options = { keys?: readonly string[]; noted?: ChainHead | undefined }
type Placed = Line & { readonly file: string; readonly line: number }
/** The result of a verification. */
export type Verified = Checked & { readonly files: number; readonly isWhole: boolean }

async function* placed(file: FileHandle, name: string): AsyncGenerator<Placed> {
  let line = 0
  for await (const { bytes, isEnded } of linesOf(file)) {
    line += 1
    yield { bytes, isEnded, file: name, line }
  }
}

const inOrder = (checked: Checked, files: number): Verified => ({
  ...checked,
  files,
  isWhole: checked.findings.length === 0
})

/**
 * Verifies the chain over all audit files at `path`, oldest first, as streams. `from` (ms) skips the files that end
 * before it. `noted` is a record that the chain must contain. Rejects when a file cannot be read.
 */
export const verifyAudit = async (path: string, { from, ...options }: Options & { from?: number | undefined } = {}) => {
  const checker = createChecker({ ...options, isPart: from !== undefined })
  const files = new Set<string>()
  async function* read(file: FileHandle, name: string): AsyncGenerator<Placed> {
    if (from !== undefined && files.size === 0 && ((await lastLine(file, timeIn)) ?? Infinity) < from) return
    files.add(name)
    yield* placed(file, name)
  }
  for await (const line of eachAuditFile(path, read)) checker.line(line, line)
  return inOrder(checker.end(), files.size)
}

const ketenMember = /^\{"audit":true,"keten":"([0-9a-f]{16})",/

/**
 * Verifies the chains in a file of collected standard output. Each process has its own chain. Other log lines between
 * them are skipped. Resolves to one result per chain, by its id.
 */
export const verifyCollected = async (path: string, options: Options = {}): Promise<ReadonlyMap<string, Verified>> => {
  const checkers = new Map<string, ReturnType<typeof createChecker>>()
  const file = await open(path, 'r')
  try {
    for await (const line of placed(file, path)) {
      const keten = ketenMember.exec(line.bytes.toString('latin1', 0, 64))?.[1]
      if (keten === undefined) continue
      const checker = checkers.get(keten) ?? createChecker(options)
      checkers.set(keten, checker)
      checker.line(line, line)
    }
  } finally {
    await file.close()
  }
  return new Map([...checkers].map(([keten, checker]) => [keten, inOrder(checker.end(), 1)]))
}
