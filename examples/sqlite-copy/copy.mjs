#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { createGateway } from './gateway.mjs'
import { openStore } from './store.mjs'
import { createSync } from './sync.mjs'

const usage =
  'Usage: node copy.mjs --gateway http://127.0.0.1:3000 --key KEY --db copy.sqlite [--interval SECONDS] [--once]'
const text = { type: 'string' }

let values
try {
  ;({ values } = parseArgs({
    options: {
      gateway: text,
      key: text,
      db: text,
      interval: text,
      once: { type: 'boolean' },
      help: { type: 'boolean' }
    }
  }))
} catch (error) {
  process.stderr.write(`${error.message}\n${usage}\n`)
  process.exit(2)
}
const {
  gateway: url = 'http://127.0.0.1:3000',
  key = process.env.GATEWAY_KEY,
  db,
  interval = '30',
  once,
  help
} = values
if (help) {
  process.stdout.write(`${usage}\n`)
  process.exit(0)
}
if (!URL.canParse(url) || !key || !db || !(Number(interval) > 0)) {
  process.stderr.write(`${usage}\nThe key can also be in GATEWAY_KEY.\n`)
  process.exit(2)
}

try {
  const store = openStore(db)
  // The next run fetches again what is not committed.
  const stop = () => {
    store.close()
    process.exit(0)
  }
  process.once('SIGTERM', stop).once('SIGINT', stop)
  const log = (message) => {
    process.stdout.write(`${new Date().toISOString()} ${message}\n`)
  }
  const run = createSync({ store, gateway: createGateway({ url, key }), intervalMs: Number(interval) * 1000, log })
  try {
    await run({ once })
  } finally {
    store.close()
  }
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
