/** Thrown while compiling: no answer to this operation can be written. */
export class Unwritable extends Error {
  override readonly name = 'Unwritable'
}
