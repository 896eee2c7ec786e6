import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildGraphiql } from './build-graphiql.mjs'

// Everything `npm start` needs in dist/: the compiled gateway, the SDL it reads, GraphiQL's page. With --clean, nothing
// of an earlier build stays.
const root = new URL('../', import.meta.url)
if (process.argv.includes('--clean')) rmSync(new URL('dist/', root), { recursive: true, force: true })
const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', root))
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: fileURLToPath(root), stdio: 'inherit' })
for (const name of readdirSync(new URL('src/schema/', root)).filter((file) => file.endsWith('.graphql'))) {
  cpSync(new URL(`src/schema/${name}`, root), new URL(`dist/schema/${name}`, root))
}
await buildGraphiql()
