/** How a group of texts was written: the first `whole` of them are whole, and the others failed with `error`. */
type GroupOutcome = { readonly whole: number; readonly error?: unknown }
type Waiting = { readonly text: Buffer; readonly resolve: () => void; readonly reject: (error: unknown) => void }

/**
 * Writes bytes to their end, since one call may take a part of them only: a disk that fills up does. Gives how many were
 * written, and what stopped it before the end.
 */
export const writeWhole = async (
  bytes: Buffer,
  write: (rest: Buffer) => Promise<number>
): Promise<{ done: number; error?: unknown }> => {
  let done = 0
  try {
    while (done < bytes.length) {
      const taken = await write(bytes.subarray(done))
      if (taken === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' })
      done += taken
    }
    return { done }
  } catch (error) {
    return { done, error }
  }
}

/**
 * One queue before one file. What comes while a group is being written waits, and is the next group: thirty writers cost a few
 * writes, and no two writes run at the same time.
 */
export const createGroupCommit = (writeGroup: (texts: readonly Buffer[]) => Promise<GroupOutcome>) => {
  let waiting: Waiting[] = []
  let working: Promise<void> | undefined

  const work = async () => {
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      const { whole, error } = await writeGroup(group.map(({ text }) => text)).catch((error: unknown) => ({
        whole: 0,
        error
      }))
      for (const [index, { resolve, reject }] of group.entries()) {
        if (index < whole) resolve()
        else reject(error)
      }
    }
    working = undefined
  }

  return {
    /** Resolves once the text is written whole; rejects with what stopped it. */
    write: (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        waiting.push({ text: Buffer.from(text), resolve, reject })
        working ??= work()
      }),
    /** Resolves once nothing waits. */
    settled: async (): Promise<void> => {
      await working
    }
  }
}
