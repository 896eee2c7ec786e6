/** What an examination has found. `what` and `todo` contain no secret and no value of a setting that may be one. */
export type DoctorFinding = {
  readonly level: 'ok' | 'warning' | 'error'
  /** what was examined, in one word */
  readonly about: string
  readonly what: string
  /** what to do; absent where all is well */
  readonly todo?: string
}

/** The findings of one subject. */
export const findingsOf = (about: string) => ({
  ok: (what: string): DoctorFinding => ({ level: 'ok', about, what }),
  warning: (what: string, todo: string): DoctorFinding => ({ level: 'warning', about, what, todo }),
  error: (what: string, todo: string): DoctorFinding => ({ level: 'error', about, what, todo })
})
