// Sends a flood in its own process: flooder.ts URL NAME COUNT KEY CONNECTIONS PER_SECOND
import { floods, pour } from './floods.ts'

const [url = '', name, to, key = '', connections, perSecond] = process.argv.slice(2)
const flood = floods.find((one) => one.name === name)
if (!flood) throw new Error(`there is no flood called ${name ?? ''}`)
process.once('disconnect', () => {
  process.exit()
}) // the parent process has ended
const others = await pour(url, flood, {
  to: Number(to),
  key,
  connections: Number(connections),
  perSecond: Number(perSecond)
})
process.send?.(others, undefined, {}, () => {
  process.exit()
})
