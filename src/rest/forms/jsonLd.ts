import { GatewayError } from '../../errors.ts'
import { isJsonObject } from '../../formats/exactJson.ts'
import type { Form } from './form.ts'

type Dependencies = {
  /** did VDAB know this id, according to the gateway's own data? */
  wasKnown: (id: string) => boolean
}

const gone = () => new GatewayError('NOT_FOUND', 'This vacancy was removed.', { status: 410 })

/** A field that is missing at VDAB is not a client error, but the form needs it. */
const lacking = (type: string) =>
  new GatewayError('BAD_USER_INPUT', `VDAB's record says too little for ${type}.`, { field: 'accept', status: 406 })

const type = 'application/ld+json'

/** A vacancy as JobPosting of schema.org. A removed vacancy is 410, so that search engines delete it. */
export const createJsonLd = ({ wasKnown }: Dependencies): Form => ({
  name: 'jsonLd',
  type,
  selection: 'status jobPosting',
  // inside a page, `</script>` would end the element that contains it
  write: ({ body }) => JSON.stringify(body['jobPosting']).replaceAll('<', '\\u003c'),
  refuse: (root, { id }) => {
    if (root === null) return wasKnown(String(id).replace(/^Vacature:/, '')) ? gone() : undefined
    if (!isJsonObject(root)) return undefined
    const { status, jobPosting } = root
    if (typeof status === 'string' && status !== 'GEPUBLICEERD') return gone()
    return jobPosting == null ? lacking(type) : undefined
  }
})
