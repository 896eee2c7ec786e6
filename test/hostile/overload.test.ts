import t from 'tap'
import { build } from '../helper.ts'

const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
const question = '{ vacature(id: "a3e007c0-68d3-4fb7-aa35-c36e96ede172") { status } }'
const paths = ['/services/openservices/v2/vacatures?aantal=1', '/graphql?query=%7B__typename%7D', '/nothing']

t.test(
  'while the event loop is delayed, requests are refused with a Retry-After, and health checks are answered',
  async (t) => {
    const gateway = await build(t, { env: { MAX_EVENT_LOOP_DELAY_MS: '100' } })
    t.match(await gateway.query(question), { data: { vacature: { status: 'GEPUBLICEERD' } } })
    // The load is sampled each second.
    const refused = async () => {
      for (let left = 20; left > 0; left -= 1) {
        block(300)
        const answer = await gateway.get('/services/openservices/v2/vacatures?aantal=1')
        if (answer.status === 503) return answer
      }
      throw new Error('nothing was refused')
    }
    const answer = await refused()
    t.equal(answer.headers.get('retry-after'), '2')
    t.match(await answer.json(), { httpCode: '503', moreInformation: 'The gateway is overloaded; ask again in 2 s.' })
    for (const path of paths) t.equal((await gateway.get(path)).status, 503, path)
    t.equal((await gateway.post({ query: question })).status, 503, 'a repeated request is refused too')
    t.equal((await gateway.get('/health/live')).status, 200)
    t.equal((await gateway.get('/health/ready')).status, 200)
    for (let left = 40; left > 0; left -= 1) {
      const { status } = await gateway.post({ query: question })
      if (status === 200) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    t.fail('requests are still refused')
  }
)

t.test('a heap above the limit causes refusals, and the log names the setting', async (t) => {
  const gateway = await build(t, { env: { MAX_HEAP_MB: '1', MAX_EVENT_LOOP_DELAY_MS: '0' } })
  for (let left = 40; left > 0; left -= 1) {
    const answer = await gateway.post({ query: question })
    if (answer.status === 503) {
      t.match(await answer.text(), /overloaded/)
      t.equal((await gateway.get('/health/live')).status, 200)
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  t.fail('no request was refused')
})
