import { copyFileSync, rmSync } from 'node:fs'

// Puts the lock file into the package that `npm pack` makes, under the name that npm allows there, so that `npm ci` in the
// unpacked package installs exactly the versions that were tested. With --remove, takes it away again.
const root = new URL('../', import.meta.url)
const target = new URL('npm-shrinkwrap.json', root)
if (process.argv.includes('--remove')) rmSync(target, { force: true })
else copyFileSync(new URL('package-lock.json', root), target)
