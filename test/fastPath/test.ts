import t from 'tap'
import type { Test } from 'tap'

const skip = process.env['FAST_PATH'] === 'off' && 'FAST_PATH=off: this is a test of the fast path itself'

/** Declares a test of the fast path itself; it is skipped where the tests run with FAST_PATH=off. */
export const test = (name: string, run: (t: Test) => unknown) => t.test(name, { skip }, run)
