// Attacks URL until it is stopped, in its own process, so that its CPU time does not count for the gateway. attacker.ts
// URL (eager|paused)
import { attack } from './hostile.ts'

const [url = '', how] = process.argv.slice(2)
const stop = attack(url, { isEager: how === 'eager' })
process.once('disconnect', () => {
  process.exit()
}) // the parent process has ended
process.once('message', () => {
  process.send?.(stop(), undefined, {}, () => {
    process.exit()
  })
})
