import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import t, { type Test } from 'tap'

const executable = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser'].map((name) => join(folder, name)))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
/** The reason to skip tests with a browser; false if there is one, and under CI. */
export const skip = executable || process.env.CI === 'true' ? false : 'chromium is not on PATH'

const offline = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]
let launched: Promise<Browser> | undefined
const launch = () => {
  if (!executable) throw new Error('chromium is not on PATH, and CI wants it')
  return (launched ??= chromium.launch({ executablePath: executable, args: [...quiet, offline] }))
}
t.teardown(async () => (await launched)?.close())

/** A page of a new browser profile, with all its requests and console errors. */
export const visit = async (
  t: Test,
  url: string,
  address = `${url}/graphiql`,
  options: Parameters<Browser['newContext']>[0] = {}
) => {
  const context = await (await launch()).newContext({ viewport: { width: 1400, height: 850 }, ...options })
  t.teardown(() => context.close())
  const requests: string[] = []
  const complaints: string[] = []
  const asked: Record<string, string>[] = []
  context.on('request', (request) => {
    requests.push(request.url())
    if (request.url() === `${url}/graphql`) asked.push(request.headers())
  })
  context.on('weberror', (error) => complaints.push(error.error().message))
  context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await context.addInitScript({
    content:
      "addEventListener('securitypolicyviolation', event => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"
  })
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  await page.goto(address)
  const strangers = () => requests.filter((address) => !address.startsWith(`${url}/`) && !address.startsWith('data:'))
  return { context, page, asked, complaints, strangers }
}
