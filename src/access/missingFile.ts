/** Takes the place of a file or folder that does not exist: `undefined`. Throws every other error on. */
export const orMissing = (error: unknown): undefined => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
