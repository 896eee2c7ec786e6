import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import ts from 'typescript'
import type { Exceptions } from './exceptions.ts'
import { environmentReads, exportedNames, importsOf, undocumented } from './source.ts'

/** The folders, and what each may import. */
export type Rows = Readonly<Record<string, readonly string[]>>

const atRoot = ['cli.ts', 'context.ts', 'errors.ts', 'options.ts', 'server.ts']
const forbiddenFolders = new Set(['utils', 'helpers', 'services', 'lib', 'common', 'types'])
const readsEnvironment = 'config/index.ts'
const generated = 'schema/types.ts'
/** Files that may be longer: generated ones and tables of data. */
const mayBeLong = new Set([generated, 'simulator/codes.ts'])
const maxLines = 250
const maxColumns = 120

type File = { readonly path: string; readonly text: string; readonly source: ts.SourceFile }

const namesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(sep).join('/'))
    .sort()

const isCode = (path: string) => /\.(ts|js|jsx)$/.test(path)

const filesIn = (folder: string): File[] =>
  namesIn(folder)
    .filter(isCode)
    .map((path) => {
      const text = readFileSync(join(folder, path), 'utf8')
      return { path, text, source: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) }
    })

const isIn = (place: string, path: string) => {
  const name = path.replace(/\.[a-z]+$/, '')
  return name === place || name.startsWith(`${place}/`)
}

const createImportRule = (rows: Rows) => {
  const rowOf = (path: string): string | undefined =>
    Object.keys(rows)
      .filter((row) => isIn(row, path))
      .sort((a, b) => b.length - a.length)[0]

  const isAllowed = (row: string, target: string, isType: boolean): boolean =>
    rowOf(target) === row ||
    (rows[row] ?? []).some((entry) => {
      const [place = '', kind] = entry.split(' ')
      return isIn(place, target) && (kind === undefined || isType)
    })

  return ({ path, source }: File): string[] => {
    const row = rowOf(path)
    if (row === undefined) return [`${path} stands in no row of the table of test/house/architecture.test.ts`]
    return importsOf(source).flatMap(({ from, isType }) => {
      if (from.startsWith('(computed)')) return [`${path} imports an address that cannot be checked: ${from.slice(11)}`]
      if (!from.startsWith('.')) return []
      const target = posix.join(posix.dirname(path), from)
      const isOwnAsset = /\.(css|svg|graphql)$/.test(target) && target.startsWith(`${row}/`)
      return isOwnAsset || isAllowed(row, target, isType)
        ? []
        : [`${path} imports ${isType ? 'a type of ' : ''}${target}, which ${row} may not`]
    })
  }
}

const createSizeRule =
  ({ long, wide }: Exceptions) =>
  ({ path, text }: File): string[] => {
    const lines = text.trimEnd().split('\n')
    const isTooLong = lines.length > maxLines && !mayBeLong.has(path) && !long.includes(path)
    return [
      ...(isTooLong ? [`${path} has ${lines.length} lines, more than ${maxLines}`] : []),
      ...lines.flatMap((line, index) => {
        const columns = Array.from(line).length
        return columns > maxColumns && path !== generated && !wide.includes(path)
          ? [`${path}:${index + 1} has ${columns} columns, more than ${maxColumns}`]
          : []
      })
    ]
  }

/** Names that several files export. The simulator shares nothing with other code, so its names may repeat. */
const exportedTwice = (files: readonly File[], { exportedTwice: allowed }: Exceptions): string[] => {
  const pathsOf = new Map<string, string[]>()
  for (const { path, source } of files.filter(({ path }) => path !== generated && !path.startsWith('simulator/')))
    for (const name of exportedNames(source)) pathsOf.set(name, [...(pathsOf.get(name) ?? []), path])
  return [...pathsOf]
    .filter(([name, paths]) => paths.length > 1 && !allowed.includes(name))
    .map(([name, paths]) => `${name} is exported by ${paths.join(' and ')}`)
}

/** The line of a folder's README about its imports: the row of the table in words. */
const importLine = (entries: readonly string[]): string => {
  const quoted = (isType: boolean) =>
    entries
      .filter((entry) => entry.endsWith(' (types)') === isType)
      .map((entry) => `\`${entry.split(' ')[0] ?? ''}\``)
      .join(', ')
  const [values, types] = [quoted(false), quoted(true)]
  const parts = [...(values === '' ? [] : [values]), ...(types === '' ? [] : [`types of ${types}`])]
  return `- May import: ${parts.join('; ') || 'nothing of ours'}.`
}

const readmeFindings = (folder: string, room: string, entries: readonly string[] | undefined): string[] => {
  const path = `${room}/README.md`
  if (!existsSync(join(folder, path))) return [`${path} does not exist`]
  const lines = readFileSync(join(folder, path), 'utf8').trimEnd().split('\n')
  const starts = ['- Belongs here: ', '- May import: ', '- Start reading: ']
  if (lines.length !== 3 || !starts.every((start, index) => lines[index]?.startsWith(start)))
    return [`${path} is not three lines: ${starts.map((start) => start.trim()).join(' ')}`]
  const expected = entries && importLine(entries)
  return expected === undefined || lines[1] === expected ? [] : [`${path} does not say "${expected}"`]
}

/** The rules for the sources of the gateway, as functions that list the violations in a tree. */
export const createRules = (rows: Rows, exceptions: Exceptions) => {
  const imports = createImportRule(rows)
  const size = createSizeRule(exceptions)
  const allowedAtRoot = [...atRoot, ...exceptions.atRoot]
  return {
    findingsIn: (folder: string): string[] => {
      const files = filesIn(folder)
      const ofFolders = namesIn(folder)
        .filter((name) => forbiddenFolders.has(posix.basename(name)))
        .map((name) => `${name} is a folder named after nothing in particular`)
      const ofFiles = files.flatMap((file) => [
        ...(file.path.includes('/') || allowedAtRoot.includes(file.path) ? [] : [`${file.path} stands in no room`]),
        ...imports(file),
        ...(file.path === readsEnvironment
          ? []
          : environmentReads(file.source).map((line) => `${file.path}:${line} reads process.env`)),
        ...size(file),
        ...(file.path === generated
          ? []
          : undocumented(file.source).map((name) => `${file.path} exports ${name} without a docblock`))
      ])
      return [...ofFolders, ...ofFiles, ...exportedTwice(files, exceptions)]
    },
    readmeFindingsIn: (folder: string): string[] =>
      [
        ...new Set(
          namesIn(folder)
            .filter(isCode)
            .map((path) => posix.dirname(path))
        )
      ]
        .filter((room) => room !== '.' && !exceptions.withoutReadme.includes(room))
        .sort()
        .flatMap((room) => readmeFindings(folder, room, rows[room]))
  }
}
