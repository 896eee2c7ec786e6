// Proves that the fast path can be taken off: copies the tree, deletes src/fastPath/ and the line that makes it in
// src/server.ts, type-checks, and runs every test but those of the fast path. Arguments: the test files to run; none = all.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const copy = mkdtempSync(join(tmpdir(), 'without-fast-path-'))

const edit = (path, change) => {
  const file = join(copy, path)
  const before = readFileSync(file, 'utf8')
  const after = change(before)
  if (after === before) throw new Error(`${path} has nothing to change`)
  writeFileSync(file, after)
}

/** server.ts without what it imports of fastPath/, and with `accelerator` as a value that is not there. */
const withoutAccelerator = (text) => {
  const source = ts.createSourceFile('server.ts', text, ts.ScriptTarget.Latest, true)
  const cuts = []
  const visit = (node) => {
    if (ts.isImportDeclaration(node) && node.moduleSpecifier.text.startsWith('./fastPath/')) cuts.push([node, ''])
    if (ts.isVariableDeclaration(node) && node.name.getText(source) === 'accelerator')
      cuts.push([node.initializer, 'undefined'])
    ts.forEachChild(node, visit)
  }
  visit(source)
  if (cuts.length !== 2) throw new Error(`server.ts has ${cuts.length} lines about the fast path, not 2`)
  return cuts
    .reverse()
    .reduce((rest, [node, by]) => rest.slice(0, node.getStart(source)) + by + rest.slice(node.getEnd()), text)
}

const run = (command, args) => {
  const { status } = spawnSync(command, args, {
    cwd: copy,
    stdio: 'inherit',
    env: { ...process.env, FAST_PATH: 'off' }
  })
  return status === 0
}

const isOfFastPath = (path) => path.startsWith('src/fastPath/') || path.startsWith('test/fastPath/')

try {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8'
  }).split('\0')
  for (const path of files.filter((path) => path !== '' && !isOfFastPath(path))) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    cpSync(join(root, path), join(copy, path))
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  edit('src/server.ts', withoutAccelerator)
  // What server.ts made for the fast path alone is unused now.
  edit('tsconfig.json', (text) => text.replace('"noUnusedLocals": true', '"noUnusedLocals": false'))
  const tests = process.argv.slice(2)
  const isProved =
    run('npm', ['run', 'build', '--silent']) &&
    run('npm', ['run', 'types', '--silent']) &&
    run(join(root, 'node_modules/.bin/tap'), tests)
  process.exitCode = isProved ? 0 : 1
} finally {
  rmSync(copy, { recursive: true, force: true })
}
