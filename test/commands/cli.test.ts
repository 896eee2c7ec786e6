import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { vdabKey } from '../helper.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

type Ended = { code: number; out: string; err: string }
/** Runs the command line to its end, with only this environment. */
const run = (args: readonly string[], env: Record<string, string> = {}) =>
  new Promise<Ended>((resolve) => {
    const options = { cwd: root, env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...env }, timeout: 60_000 }
    execFile(process.execPath, ['--import=tsx', 'src/cli.ts', ...args], options, (error, out, err) => {
      // The code of an ended process is a number.
      resolve({ code: error ? (error.code as number) : 0, out, err })
    })
  })

const folder = () => mkdtempSync(join(tmpdir(), 'cli-'))
const written = (name: string, text: string) => {
  const path = join(folder(), name)
  writeFileSync(path, text)
  return path
}

t.test('--version prints the version of package.json', async (t) => {
  // package.json is ours, and has a version.
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  for (const flag of ['--version', '-v'])
    t.strictSame(await run([flag]), { code: 0, out: `${version}\n`, err: '' }, flag)
})

t.test('--help prints every command, and for every command its options, their defaults and an example', async (t) => {
  const { code, out } = await run(['--help'])
  t.equal(code, 0)
  t.match(out, /Exit codes:\n {2}0 .+\n {2}1 .+\n {2}2 /)
  const [, list = ''] = /Commands:\n((?: {2}.+\n)+)/.exec(out) ?? []
  const names = [...list.matchAll(/^ {2}(\w+) /gm)].map(([, name = '']) => name)
  t.ok(names.length >= 4)
  const files = readdirSync(join(root, 'src/commands')).map((name) => name.replace('.ts', ''))
  for (const name of names) {
    t.ok(files.includes(name), `${name} has a file`)
    const help = await run([name, '--help'])
    t.strictSame([help.code, help.err], [0, ''], name)
    t.match(help.out, new RegExp(`Usage:\\n(?:.*\\n)*?  vdab-gateway .*${name}`), name)
    t.match(help.out, /Options:\n(?:.*\n)* {2}--help, -h/, name)
    t.match(help.out, /Examples:\n {2}.*vdab-gateway/, name)
    for (const line of help.out.split('\n')) t.ok(line.length <= 120, line)
  }
  t.match((await run(['serve', '--help'])).out, /--port PORT .*\(default: 3000/)
  t.match((await run(['keys', 'add', '-h'])).out, /--scopes a,b/, '-h works after a subcommand')
})

t.test('a wrong command line ends with 2 and suggests the likely command or option', async (t) => {
  const rows: readonly (readonly [readonly string[], string])[] = [
    [['fly'], '"fly" is not a command. There are: serve, simulate, check, keys'],
    [['simluate'], '"simluate" is not a command; did you mean \'simulate\'? There are: serve, simulate, check, keys'],
    [['--prot', '8080'], "Unknown option '--prot'; did you mean '--port'?"],
    [['serve', '--hots=c4n4ry'], "Unknown option '--hots'; did you mean '--host'?"],
    [['serve', '--constructor'], "Unknown option '--constructor'."],
    [['serve', '-x'], "Unknown option '-x'."],
    [['simulate', '--vacature', '5'], "Unknown option '--vacature'; did you mean '--vacatures'?"],
    [['check', '--reports'], "Unknown option '--reports'; did you mean '--report'?"],
    [['keys', 'add', 'x', '--scope', 'vacatures'], "Unknown option '--scope'; did you mean '--scopes'?"],
    [['serve', '--port'], '--port needs a value: PORT'],
    [['serve', '--host', '--port', '80'], '--host needs a value: HOST'],
    [['serve', '--check=yes'], '--check takes no value'],
    [['check', 'c4n4ry'], "Unexpected argument 'c4n4ry'"]
  ]
  const results = await Promise.all(rows.map(([args]) => run(args)))
  for (const [index, [args, text]] of rows.entries()) {
    const { code, out, err = '' } = results[index] ?? {}
    t.strictSame([code, out], [2, ''], args.join(' '))
    t.ok(err?.startsWith(text), `${args.join(' ')}: ${err}`)
    t.notMatch(err, /^\s+at /m, 'there is no stack trace')
  }
})

t.test('serve --check reads the settings and all files, opens no port and ends with 0', async (t) => {
  const audit = join(folder(), 'deep/audit.ndjson')
  const { code, out, err } = await run(['serve', '--check'], {
    NODE_ENV: 'production',
    VDAB_URL: 'https://vdab.invalid/services',
    VDAB_API_KEY_FILE: written('vdab.key', vdabKey),
    CONSUMERS_FILE: written('consumers.json', '[]'),
    TRUSTED_DOCUMENTS_FILE: written('documents.json', '{"een":"{ talen: referentieLijst(lijst: TALEN) { code } }"}'),
    REST_OPERATIONS_FILE: written('operations.json', '[]'),
    AUDIT_FILE: audit,
    CACHE_MAX_MBB: 'c4n4ry'
  })
  t.strictSame([code, err], [0, ''])
  t.strictSame(out.split('\n'), [
    'warning: CACHE_MAX_MBB is set, but is not a setting of this gateway; did you mean CACHE_MAX_MB?',
    'The settings and the files that they name are right.',
    ''
  ])
  t.throws(() => readFileSync(audit), { code: 'ENOENT' }, 'no file is written')
})

t.test('serve --check names every wrong file and ends with 1', async (t) => {
  const blocked = join(folder(), 'blocked')
  writeFileSync(blocked, '')
  mkdirSync(`${blocked}.d`)
  chmodSync(`${blocked}.d`, 0o555)
  const { code, out, err } = await run(['serve', '--check'], {
    VDAB_URL: 'simulator',
    CONSUMERS_FILE: written('consumers.json', '{'),
    TRUSTED_DOCUMENTS: 'enforce',
    TRUSTED_DOCUMENTS_FILE: join(folder(), 'nowhere.json'),
    REST_OPERATIONS_FILE: written('operations.json', '[{"path":"/api/eigen/x","document":"{ nergens }"}]'),
    AUDIT_FILE: join(blocked, 'audit.ndjson'),
    FEED_CURSOR_FILE: `${blocked}.d`
  })
  t.strictSame([code, out], [1, ''])
  t.match(err.split('\n'), [
    'The settings are not right:',
    '  - CONSUMERS_FILE is not JSON',
    '  - TRUSTED_DOCUMENTS_FILE names a file that cannot be read, or is not JSON',
    /^ {2}- REST_OPERATIONS_FILE: entry 1 is not right/,
    '  - AUDIT_FILE is below something that is not a folder',
    '  - FEED_CURSOR_FILE is not a file'
  ])
  const settings = await run(['serve', '--check'], { PORT: 'x' })
  t.strictSame([settings.code, settings.out], [1, ''])
})
