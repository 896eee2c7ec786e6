import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'

// SQLite locks of this process, which its process id cannot distinguish.
const held = new Set<string>()
const beatMs = 15_000
// On an overloaded machine several heartbeats may be late.
const deadMs = 60_000

/** The start time of a process, in ticks since the boot; '' if the system does not report it. */
const startOf = (pid: number): string => {
  try {
    // The name of the program, in brackets, may contain spaces.
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
    return (error as { code?: string }).code === 'EPERM' // a process of another user
  }
}

const ownerIn = (path: string) => {
  try {
    const [host = '', pid = '', start = ''] = readFileSync(path, 'latin1').trim().split(' ')
    return { host, pid: Number(pid), start, beatAt: statSync(path).mtimeMs }
  } catch {
    return undefined
  }
}

/**
 * Does another process own the file? On this host this is checked by process id and start time, since the id may have
 * been reused. Processes of another host or container are not visible, so the heartbeat of the owner is checked
 * instead.
 */
const isOwned = (found: NonNullable<ReturnType<typeof ownerIn>>): boolean => {
  const { host, pid, start, beatAt } = found
  if (host !== hostname()) return Date.now() - beatAt < deadMs
  return pid !== process.pid && isAlive(pid) && start === startOf(pid)
}

/**
 * Makes this process the only owner of a file. The lock of the database is a folder, which a killed process leaves
 * behind; it is removed when its owner no longer runs. Returns the function that releases the file, or undefined when
 * another process owns it.
 */
export const takeOwnership = (file: string): (() => void) | undefined => {
  const path = `${file}.owner`
  const found = ownerIn(path)
  if (held.has(file) || (found && isOwned(found))) return undefined
  for (const name of [`${file}.lock`, `${file}-wal.lock`, `${file}-journal.lock`])
    rmSync(name, { recursive: true, force: true })
  writeFileSync(path, `${hostname()} ${process.pid} ${startOf(process.pid)}\n`, { mode: 0o600 })
  held.add(file)
  const beat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date())
    } catch {
      // The file was deleted. Other processes cannot see the owner any more, but the database still works.
    }
  }, beatMs).unref()
  return () => {
    clearInterval(beat)
    held.delete(file)
    rmSync(path, { force: true })
  }
}
