// Attacks URL until it is told to stop, in a process of its own: what it does to make its requests is no part of what the gateway takes. attacker.ts URL (eager|paused)
import { attack } from './hostile.ts'

const [url = '', how] = process.argv.slice(2)
const stop = attack(url, { isEager: how === 'eager' })
process.once('disconnect', () => {
  process.exit()
}) // whoever started it is gone
process.once('message', () => {
  process.send?.(stop(), undefined, {}, () => {
    process.exit()
  })
})
