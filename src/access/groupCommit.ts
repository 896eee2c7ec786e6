/** The first `whole` entries of a group were written; the rest failed with `error`. */
type GroupOutcome = { readonly whole: number; readonly error?: unknown }
type Write = (rest: Buffer) => Promise<number>
type Entry<T> = { readonly value: T; readonly resolve: () => void; readonly reject: (error: unknown) => void }

/**
 * Writes all bytes, in several calls if necessary. Returns the number of written bytes, and the error that stopped it.
 */
export const writeWhole = async (bytes: Buffer, write: Write): Promise<{ done: number; error?: unknown }> => {
  let done = 0
  try {
    while (done < bytes.length) {
      const written = await write(bytes.subarray(done))
      if (written === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' })
      done += written
    }
    return { done }
  } catch (error) {
    return { done, error }
  }
}

/** Group commit for one file: entries that arrive during a write are written together in the next one, in order. */
export const createGroupCommit = <T>(writeGroup: (group: readonly T[]) => Promise<GroupOutcome>) => {
  let queue: Entry<T>[] = []
  let working: Promise<void> | undefined

  const work = async () => {
    while (queue.length > 0) {
      const group = queue
      queue = []
      const fail = (error: unknown): GroupOutcome => ({ whole: 0, error })
      const { whole, error } = await writeGroup(group.map(({ value }) => value)).catch(fail)
      for (const [index, { resolve, reject }] of group.entries()) {
        if (index < whole) resolve()
        else reject(error)
      }
    }
    working = undefined
  }

  return {
    /** Resolves when the whole entry is written; rejects with the error of its group. */
    write: (value: T): Promise<void> =>
      new Promise((resolve, reject) => {
        queue.push({ value, resolve, reject })
        working ??= work()
      }),
    /** Resolves when the queue is empty. */
    settled: async (): Promise<void> => {
      await working
    }
  }
}
