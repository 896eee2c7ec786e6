import { GatewayError } from '../../errors.ts'
import { isJsonObject } from '../../formats/exactJson.ts'
import type { Form } from './form.ts'

type Dependencies = {
  /** did VDAB know this id, as far as the gateway remembers? */
  wasKnown: (id: string) => boolean
}

const gone = () => new GatewayError('NOT_FOUND', 'This vacancy was removed.', { status: 410 })

/** What VDAB's record lacks is not the client's fault, but there is no such form of it. */
const lacking = (type: string) =>
  new GatewayError('BAD_USER_INPUT', `VDAB's record says too little for ${type}.`, { field: 'accept', status: 406 })

const type = 'application/ld+json'

/** A vacancy as JobPosting of schema.org. A removed one is 410, so that search engines forget it. */
export const createJsonLd = ({ wasKnown }: Dependencies): Form => ({
  name: 'jsonLd',
  type,
  selection: 'status jobPosting',
  // in a page, `</script>` would end the element that holds it
  write: ({ body }) => JSON.stringify(body['jobPosting']).replaceAll('<', '\\u003c'),
  refuse: (root, { id }) => {
    if (root === null) return wasKnown(String(id).replace(/^Vacature:/, '')) ? gone() : undefined
    if (!isJsonObject(root)) return undefined
    const { status, jobPosting } = root
    if (typeof status === 'string' && status !== 'GEPUBLICEERD') return gone()
    return jobPosting == null ? lacking(type) : undefined
  }
})
