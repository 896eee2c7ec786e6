import { createHash } from 'node:crypto'

const silenceMs = 90_000
const batchSize = 100

/** A response with an error status; `status` is undefined when the response is incomplete or absent. */
export class Refusal extends Error {
  constructor(message, { status, code, retryAfter } = {}) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfter = retryAfter
  }
}

const noAnswer = (error) =>
  new Refusal(`the gateway does not answer (${error.cause?.code ?? error.code ?? error.name})`)

/** The chunks of a response. Throws when it breaks off or nothing arrives for 90 s. */
async function* chunksOf({ response, controller }) {
  let timer
  const listen = () => {
    clearTimeout(timer)
    timer = setTimeout(() => controller.abort(), silenceMs)
  }
  try {
    listen()
    for await (const chunk of response.body) {
      listen()
      yield chunk
    }
  } catch (error) {
    throw noAnswer(error)
  } finally {
    clearTimeout(timer)
    controller.abort()
  }
}

/** The parts of a response that end in `end`, as bytes. Bytes after the last `end` are left out. */
async function* partsOf(answer, end) {
  let rest = Buffer.alloc(0)
  for await (const chunk of chunksOf(answer)) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
    const parts = []
    for (let at = rest.indexOf(end); at !== -1; at = rest.indexOf(end)) {
      parts.push(rest.subarray(0, at + end.length))
      rest = rest.subarray(at + end.length)
    }
    if (parts.length > 0) yield parts
  }
}

const eventOf = (text) => {
  const fields = Object.fromEntries(
    text
      .split('\n')
      .filter((line) => /^(id|event|data): /.test(line))
      .map((line) => line.split(/: (.*)/s))
  )
  return { id: fields.id, name: fields.event, data: fields.data === undefined ? undefined : JSON.parse(fields.data) }
}

/** The requests to the gateway. */
export const createGateway = ({ url, key }) => {
  const ask = async (path, { method = 'GET', accept = 'application/json', body } = {}) => {
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(), silenceMs)
    try {
      const headers = {
        'x-api-key': key,
        accept,
        ...(body === undefined ? {} : { 'content-type': 'application/json' })
      }
      const response = await fetch(new URL(path, url), {
        method,
        headers,
        signal: controller.signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
      if (response.ok) return { response, controller }
      const problem = await response.json().catch(() => ({}))
      throw new Refusal(
        `${path.split('?')[0]}: ${response.status} ${problem.detail ?? problem.moreInformation ?? ''}`,
        { status: response.status, code: problem.code, retryAfter: Number(response.headers.get('retry-after') ?? 0) }
      )
    } catch (error) {
      throw error instanceof Refusal ? error : noAnswer(error)
    } finally {
      clearTimeout(timer)
    }
  }
  const json = async (path, options) => {
    const { response } = await ask(path, options)
    return response.json().catch((error) => {
      throw noAnswer(error)
    })
  }

  const one = (id) =>
    json(`/services/openservices/v2/vacatures/${id}`).catch((error) => {
      if (error.status === 404) return undefined
      throw error
    })

  return {
    /**
     * An export from its beginning, or after `na`. Yields the first line, then lists of vacancies, then the last line.
     * Throws when the last line is missing, or its checksum or count is wrong.
     */
    async *export({ na, sinds } = {}) {
      const answer = await ask(
        `/api/vacatures/export${na === undefined ? '' : `?${new URLSearchParams({ na, sinds })}`}`,
        { accept: 'application/x-ndjson' }
      )
      const hash = createHash('sha256')
      let first
      let count = 0
      for await (const lines of partsOf(answer, '\n')) {
        const vacatures = []
        for (const line of lines) {
          const value = JSON.parse(line)
          if (first === undefined) {
            first = value
            if (value.versie !== 1)
              throw new Error(`this export has version ${value.versie}, which this program does not support`)
            hash.update(line)
            yield { first }
          } else if ('compleet' in value) {
            if (vacatures.length > 0) yield { vacatures }
            if (value.aantal !== count || value.sha256 !== hash.digest('hex'))
              throw new Refusal('the export does not match its last line', { code: 'DAMAGED' })
            yield { last: value }
            return
          } else {
            count += 1
            hash.update(line)
            vacatures.push(value)
          }
        }
        if (vacatures.length > 0) yield { vacatures }
      }
      throw new Refusal('the export broke off')
    },

    /** A page of changes. */
    changes: (sinds, aantal) => json(`/api/vacatures/wijzigingen?${new URLSearchParams({ sinds, aantal })}`),

    /** The stream of changes: lists of events, each with a cursor as its id. */
    async *events(sinds) {
      const answer = await ask(`/api/vacatures/wijzigingen?${new URLSearchParams({ sinds })}`, {
        accept: 'text/event-stream'
      })
      for await (const parts of partsOf(answer, '\n\n'))
        yield parts.map((part) => eventOf(part.toString())).filter(({ name }) => name !== undefined)
    },

    /**
     * The current records of ids: found, gone, or failed. Throws when a whole batch fails, since that is an outage of
     * VDAB, unless `ignoreOutage`.
     */
    async details(ids, { ignoreOutage = false } = {}) {
      const found = []
      const gone = []
      const failed = []
      const take = (id, record) => {
        if (record === undefined || (record.status ?? 'GEPUBLICEERD') !== 'GEPUBLICEERD') gone.push(id)
        else found.push([id, JSON.stringify(record)])
      }
      for (let at = 0; at < ids.length; at += batchSize) {
        const batch = ids.slice(at, at + batchSize)
        try {
          const { resultaten } = await json('/services/openservices/v2/vacatures', {
            method: 'POST',
            body: { vacatureIds: batch }
          })
          const byId = new Map(
            resultaten.map((record) => [record.vacatureReferentie.interneReferentie.toLowerCase(), record])
          )
          for (const id of batch) take(id, byId.get(id))
        } catch (error) {
          if (!(error.status >= 500)) throw error
          // One vacancy can make the whole batch fail.
          const each = await Promise.all(batch.map((id) => one(id).catch((failure) => failure)))
          if (!ignoreOutage && each.every((outcome) => outcome instanceof Error)) throw error
          each.forEach((outcome, index) => {
            if (outcome instanceof Error) failed.push(batch[index])
            else take(batch[index], outcome)
          })
        }
      }
      return { found, gone, failed }
    }
  }
}
