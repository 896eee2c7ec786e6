import { readFileSync, rmSync, writeFileSync } from 'node:fs'

// Locks of SQLite in this process, which its own process id cannot tell apart.
const held = new Set<string>()

/** When a process started, in ticks since the boot; '' where the system does not tell. */
const startOf = (pid: number): string => {
  try {
    // The name of the program, in brackets, may hold spaces.
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM' // of another user
  }
}

const ownerIn = (path: string) => {
  try {
    const [pid = '', start = ''] = readFileSync(path, 'latin1').trim().split(' ')
    return { pid: Number(pid), start }
  } catch {
    return undefined
  }
}

/**
 * Makes this process the only owner of a file. The lock of the database is a folder, which a killed process leaves
 * behind; it is removed when its owner no longer runs. Returns the function that gives the file up, or undefined when
 * another process owns it.
 */
export const takeOwnership = (file: string): (() => void) | undefined => {
  const path = `${file}.owner`
  const found = ownerIn(path)
  if (held.has(file)) return undefined
  // A process id can belong to another process by now, which has another start.
  if (found && found.pid !== process.pid && isAlive(found.pid) && found.start === startOf(found.pid)) return undefined
  for (const name of [`${file}.lock`, `${file}-wal.lock`, `${file}-journal.lock`])
    rmSync(name, { recursive: true, force: true })
  writeFileSync(path, `${process.pid} ${startOf(process.pid)}\n`, { mode: 0o600 })
  held.add(file)
  return () => {
    held.delete(file)
    rmSync(path, { force: true })
  }
}
