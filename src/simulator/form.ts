import type { Tree } from './tree.ts'

/** The format in which a version of the Vacature API writes a vacancy, and a list with its total. */
export type Form = {
  record: (record: Tree) => Tree
  list: (total: number, resultaten: Tree[]) => Tree
}

/** Version 2: the records as they are stored, and `aantal` as the total. */
export const v2Form: Form = { record: (record) => record, list: (aantal, resultaten) => ({ aantal, resultaten }) }
