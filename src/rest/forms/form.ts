import type { DocumentNode } from 'graphql'
import type { GatewayError } from '../../errors.ts'

/** The names of the forms besides JSON, as rows list them. */
export type FormName = 'csv' | 'atom' | 'jsonFeed' | 'jsonLd'

type Value = Readonly<Record<string, unknown>>
type Given = Readonly<Record<string, unknown>>

/** The answer of an operation, to be written in a form. */
export type FormInput = {
  /** as it would be sent as JSON */
  readonly body: Value
  readonly document: DocumentNode
  /** the path of the row, and the query as the client wrote it, without `?` */
  readonly path: string
  readonly query: string
}

/** Another way to write the answer of a row than JSON. */
export type Form = {
  readonly name: FormName
  /** its media type, without parameters */
  readonly type: string
  /** the ending of the path that asks for this form; absent = only Accept does */
  readonly suffix?: string
  /** what is selected of each item, in place of what `velden` and `details` choose */
  readonly selection?: string
  readonly write: (input: FormInput) => string
  /** the error for an answer that has nothing for this form; `root` is the value of the root field */
  readonly refuse?: (root: unknown, variables: Given) => GatewayError | undefined
}
