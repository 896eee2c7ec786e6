/** The result of an examination. `what` and `todo` contain no secret and no value of a setting that may be secret. */
export type DoctorFinding = {
  readonly level: 'ok' | 'warning' | 'error'
  /** the subject, in one word */
  readonly about: string
  readonly what: string
  /** what to do; absent if there is no problem */
  readonly todo?: string
}

/** The findings of one subject. */
export const findingsOf = (about: string) => ({
  ok: (what: string): DoctorFinding => ({ level: 'ok', about, what }),
  warning: (what: string, todo: string): DoctorFinding => ({ level: 'warning', about, what, todo }),
  error: (what: string, todo: string): DoctorFinding => ({ level: 'error', about, what, todo })
})
