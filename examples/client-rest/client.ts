import createClient from 'openapi-fetch'
import type { paths } from './api.d.ts'

const { GATEWAY: baseUrl = 'http://127.0.0.1:3000', KEY: key = 'demo-frontend' } = process.env
const client = createClient<paths>({ baseUrl, headers: { 'x-api-key': key } })

/** The titles of the first vacancies of a job domain, over two pages. */
let after: string | undefined
for (let page = 0; page < 2; page += 1) {
  const { data, error } = await client.GET('/api/vacatures', {
    params: { query: { jobdomein: ['JOBCAT10'], first: 3, details: true, ...(after === undefined ? {} : { after }) } }
  })
  if (error) throw new Error(`${error.code}: ${error.detail}`)
  for (const vacature of data.nodes) console.log(vacature?.id, vacature?.functie?.functieTitel)
  after = data.pageInfo.endCursor ?? undefined
}
