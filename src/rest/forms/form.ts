import type { DocumentNode } from 'graphql'
import type { GatewayError } from '../../errors.ts'

/** The names of the forms other than JSON, as listed in the rows. */
export type FormName = 'csv' | 'atom' | 'jsonFeed' | 'jsonLd'

type Value = Readonly<Record<string, unknown>>
type Given = Readonly<Record<string, unknown>>

/** The response of an operation, to be written in a form. */
export type FormInput = {
  /** as it would be sent as JSON */
  readonly body: Value
  readonly document: DocumentNode
  /** the path of the row, and the query as the client wrote it, without `?` */
  readonly path: string
  readonly query: string
}

/** A format other than JSON for the response of a row. */
export type Form = {
  readonly name: FormName
  /** its media type, without parameters */
  readonly type: string
  /** the suffix of the path that requests this form; absent = only Accept selects it */
  readonly suffix?: string
  /** the fields to select of each item, instead of those of `velden` and `details` */
  readonly selection?: string
  readonly write: (input: FormInput) => string
  /** the error for a response without content for this form; `root` is the value of the root field */
  readonly refuse?: (root: unknown, variables: Given) => GatewayError | undefined
}
