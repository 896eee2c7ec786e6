import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildSchema } from 'graphql'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The changes between two texts of SDL that break a client, as sentences. */
export const breakingChanges = async (before, after) =>
  (await diff(buildSchema(before), buildSchema(after)))
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ message }) => message)

const git = (...words) => {
  try {
    return execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return undefined
  }
}

/** The last release tag and its schema.graphql; undefined where there is none. */
const readRelease = () => {
  const tag = git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*')?.trim()
  const text = tag && git('show', `${tag}:schema.graphql`)
  return text ? { tag, text } : undefined
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const release = readRelease()
  if (!release) console.log('schema.graphql: no release tag has one, so there is nothing to compare with.')
  else {
    const changes = await breakingChanges(release.text, readFileSync(`${root}schema.graphql`, 'utf8'))
    for (const change of changes) console.error(`schema.graphql breaks clients of ${release.tag}: ${change}`)
    if (changes.length > 0) process.exitCode = 1
    else console.log(`schema.graphql: no change breaks clients of ${release.tag}.`)
  }
}
