import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src/graphql/graphiql/page')
const target = join(root, 'dist/graphiql')

const types = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8'
}
const compressible = new Set(['.js', '.css', '.svg', '.ttf', '.txt'])
const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex')

const common = {
  bundle: true,
  minify: true,
  target: 'es2022',
  legalComments: 'linked',
  define: { 'process.env.NODE_ENV': '"production"' },
  assetNames: '[name]',
  metafile: true,
  write: false,
  logLevel: 'warning',
  absWorkingDir: root
}

/** `import address from 'worker:…'`: a worker as one file of its own, its name relative to the page's script. */
const workers = (outdir) => ({
  name: 'workers',
  setup(hook) {
    hook.onResolve({ filter: /^worker:/ }, ({ path, resolveDir }) => ({
      path: path.slice(7),
      namespace: 'worker',
      pluginData: resolveDir
    }))
    hook.onLoad({ filter: /.*/, namespace: 'worker' }, async ({ path, pluginData }) => {
      const { outputFiles } = await build({
        ...common,
        stdin: { contents: `import ${JSON.stringify(path)}`, resolveDir: pluginData },
        format: 'iife',
        outdir
      })
      const script = outputFiles.find((file) => file.path.endsWith('.js'))
      const name = `${basename(path, '.js')}-${hashOf(script.contents).slice(0, 8)}.js`
      hook.initialOptions.plugins.extra.push({ name, contents: script.contents })
      return { contents: JSON.stringify(`./${name}`), loader: 'json' }
    })
  }
})

/** Fonts out of the style sheet's data: addresses, so that the policy can say font-src 'self'. */
const fonts = {
  name: 'fonts',
  setup(hook) {
    hook.onResolve({ filter: /^data:font\// }, ({ path }) => {
      const [, type, data] = /^data:font\/(\w+);base64,(.*)$/s.exec(path)
      return { path: `font-${hashOf(data).slice(0, 8)}.${type}`, namespace: 'font', pluginData: data }
    })
    hook.onLoad({ filter: /.*/, namespace: 'font' }, ({ pluginData }) => ({
      contents: Buffer.from(pluginData, 'base64'),
      loader: 'file'
    }))
  }
}

const inline = [
  ['this._domNode.innerHTML = newLinesHTML;', 'this._domNode.replaceChildren(styledHtml(newLinesHTML));'],
  ["lastChild.insertAdjacentHTML('afterend', newLinesHTML);", 'lastChild.after(styledHtml(newLinesHTML));'],
  ['hugeDomNode.innerHTML = invalidLinesHTML;', 'hugeDomNode.append(styledHtml(invalidLinesHTML));']
]

/** The editor draws its lines as HTML with style attributes, which no strict policy allows: draw them through the CSSOM. */
const editor = {
  name: 'editor',
  setup(hook) {
    hook.onLoad(
      { filter: /monaco-editor[\\/]esm[\\/]vs[\\/]editor[\\/]browser[\\/]view[\\/]viewLayer\.js$/ },
      async ({ path }) => {
        const before = await readFile(path, 'utf8')
        const contents = inline.reduce((text, [from, to]) => {
          if (text.split(from).length !== 2)
            throw new Error(`monaco-editor has changed: ${path} no longer says "${from}" once`)
          return text.replace(from, () => to)
        }, before)
        return { contents: `import { styledHtml } from ${JSON.stringify(join(source, 'styled-html.js'))}\n${contents}` }
      }
    )
    hook.onLoad({ filter: /monaco-editor[\\/].*\.css$/ }, () => ({ contents: '', loader: 'empty' }))
  }
}

/** GraphiQL's icons get their spoken titles from their functions' names, which minifying shortens. */
const icons = {
  name: 'icons',
  setup(hook) {
    hook.onLoad({ filter: /@graphiql[\\/]react[\\/]dist[\\/]icons[\\/]index\.js$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8')
      return {
        contents: contents.replaceAll(
          /generateIcon\((Svg\w+)\)/g,
          "generateIcon(Object.defineProperty($1, 'name', { value: '$1' }))"
        )
      }
    })
  }
}

const bundle = async () => {
  const plugins = Object.assign([editor, icons, fonts, workers(target)], { extra: [] })
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: { page: join(source, 'main.jsx'), favicon: join(source, 'favicon.svg') },
    outdir: target,
    format: 'esm',
    splitting: true,
    jsx: 'automatic',
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    loader: { '.graphql': 'text', '.svg': 'copy' },
    plugins
  })
  const files = [...outputFiles.map(({ path, contents }) => ({ name: basename(path), contents })), ...plugins.extra]
  const [script, { cssBundle }] = Object.entries(metafile.outputs).find(([, { entryPoint }]) =>
    entryPoint?.endsWith('main.jsx')
  )
  const icon = files.find(({ name }) => name.startsWith('favicon-'))
  return { files, page: { script: basename(script), style: basename(cssBundle), icon: icon.name } }
}

const compressions = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
    }),
  gz: (bytes) => promisify(gzip)(bytes, { level: 9 })
}

const write = async (folder, { name, contents }) => {
  await writeFile(join(folder, name), contents)
  const compressed = []
  if (compressible.has(extname(name)) && contents.length > 1024) {
    for (const [ending, compress] of Object.entries(compressions)) {
      await writeFile(join(folder, `${name}.${ending}`), await compress(contents))
      compressed.push(ending)
    }
  }
  return [name, { type: types[extname(name)] ?? 'application/octet-stream', compressed }]
}

const stampOf = async () => {
  const names = (await readdir(source, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const paths = names.map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort()
  const inputs = [...paths, fileURLToPath(import.meta.url), join(root, 'package-lock.json')]
  const parts = await Promise.all(
    inputs.map(async (path) => `${path.slice(root.length)} ${hashOf(await readFile(path))}`)
  )
  return hashOf(parts.join('\n'))
}

const isFresh = async (stamp) => {
  const text = await readFile(join(target, 'manifest.json'), 'utf8').catch(() => '{}')
  const manifest = JSON.parse(text)
  return manifest.stamp === stamp && Object.keys(manifest.files).every((name) => existsSync(join(target, name)))
}

/**
 * Bundles GraphiQL's page into dist/graphiql, with a manifest of its files. Needs no network. Does nothing when page,
 * lock file and this script are what they were: answers whether it built.
 */
export const buildGraphiql = async () => {
  const stamp = await stampOf()
  if (await isFresh(stamp)) return false
  const { files, page } = await bundle()
  const folder = `${target}.${process.pid}`
  await mkdir(folder, { recursive: true })
  const written = await Promise.all(files.map((file) => write(folder, file)))
  await writeFile(
    join(folder, 'manifest.json'),
    JSON.stringify({ stamp, page, files: Object.fromEntries(written) }, null, 2)
  )
  await rm(target, { recursive: true, force: true })
  await rename(folder, target)
  return true
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log((await buildGraphiql()) ? 'GraphiQL built in dist/graphiql' : 'GraphiQL in dist/graphiql is up to date')
}
