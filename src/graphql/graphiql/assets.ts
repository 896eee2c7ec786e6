import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

/** The folder of the built page; the path is valid from src/graphql/graphiql and from dist/graphql/graphiql. */
export const folder = new URL('../../../dist/graphiql/', import.meta.url)

type Compression = 'br' | 'gz'

interface Manifest {
  page: { script: string; style: string; icon: string }
  files: Record<string, { type: string; compressed: Compression[] }>
}

const encodings = [
  ['br', 'br'],
  ['gzip', 'gz']
] as const

const accepts = (header: string, encoding: string) =>
  header.split(',').some((part) => {
    const [name, quality] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*q=/)
    return name === encoding && Number(quality ?? 1) > 0
  })

const readManifest = (from: URL): Manifest => {
  try {
    // The build is the only writer of this file.
    return JSON.parse(readFileSync(new URL('manifest.json', from), 'utf8')) as Manifest
  } catch (cause) {
    throw new Error(
      `GraphiQL has not been built: no manifest in ${from.pathname}. Run: node scripts/build-graphiql.mjs`,
      { cause }
    )
  }
}

/** The built files by name. Throws when the page has not been built. `read` returns undefined for an unknown name. */
export const createAssets = (from = folder) => {
  const { page, files } = readManifest(from)
  const known = new Map(Object.entries(files))

  const read = async (name: string, acceptEncoding = '') => {
    const file = known.get(name)
    if (!file) return undefined
    const [encoding, ending] =
      encodings.find(([encoding, ending]) => file.compressed.includes(ending) && accepts(acceptEncoding, encoding)) ??
      []
    return {
      type: file.type,
      encoding,
      body: await readFile(new URL(ending ? `${name}.${ending}` : name, from))
    }
  }
  return { page, read }
}
