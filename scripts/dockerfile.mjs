import { posix } from 'node:path'

/** A Dockerfile as a list of { line, name, rest }: comments dropped, continued lines joined. Throws on what it cannot read. */
export const parseDockerfile = (text) => {
  const instructions = []
  let open
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim()
    if (index === 0 && /^#\s*(escape|check)\s*=/i.test(line))
      throw new Error(`Dockerfile:1 has a parser directive that is not known: ${line}`)
    if (line === '' || line.startsWith('#')) continue
    const text = line.endsWith('\\') ? line.slice(0, -1).trimEnd() : line
    if (open) open.text += ` ${text}`
    else open = { line: index + 1, text }
    if (line.endsWith('\\')) continue
    const [, name = '', rest = ''] = /^([a-z]+)\s+(.*)$/is.exec(open.text) ?? []
    if (name === '') throw new Error(`Dockerfile:${open.line} cannot be read: ${open.text}`)
    if (/<<-?["']?\w/.test(rest)) throw new Error(`Dockerfile:${open.line} holds a here-document, which is not known`)
    instructions.push({ line: open.line, name: name.toUpperCase(), rest })
    open = undefined
  }
  if (open) throw new Error(`Dockerfile:${open.line} does not end`)
  return instructions
}

/** The words of an instruction and its `--name=value` flags. Throws on quotes and variables, and on a flag not in `known`. */
export const readWords = (rest, known = []) => {
  if (/["'$\\*?[\]]/.test(rest)) throw new Error(`quotes, variables and patterns are not known here: ${rest}`)
  const words = rest.split(/\s+/)
  const flags = {}
  while (words[0]?.startsWith('--')) {
    const [, name, value] = /^--([\w-]+)=(.+)$/.exec(words.shift()) ?? []
    if (!known.includes(name)) throw new Error(`a flag is not known: ${rest}`)
    flags[name] = value
  }
  return { flags, words }
}

/** The exec form: a JSON array of texts. The shell form is refused: under it a shell, not node, gets the signals. */
export const readExec = (rest) => {
  let command
  try {
    command = JSON.parse(rest)
  } catch {
    throw new Error(`must be in the exec form, ["command", "argument"]: ${rest}`)
  }
  if (!Array.isArray(command) || command.length === 0 || command.some((part) => typeof part !== 'string'))
    throw new Error(`must be a list of texts: ${rest}`)
  return command
}

const escaped = (text) => text.replace(/[.+^$(){}|\\]/g, '\\$&')

const toExpression = (pattern) => {
  if (/[[\]\\]/.test(pattern)) throw new Error(`.dockerignore: this pattern is not known: ${pattern}`)
  const path = posix.normalize(pattern).replace(/^\/|\/$/g, '')
  const parts = path.split(/(\*\*\/|\*\*|\*|\?)/)
  const source = parts
    .map((part) => ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' })[part] ?? escaped(part))
    .join('')
  return new RegExp(`^${source}$`)
}

/**
 * Docker's own rules, which are not git's: patterns start at the root of the context, the last one that matches a path or
 * a folder above it decides, and `!` lets a path in again even when its folder is out. Answers `path => isIgnored`.
 */
export const parseDockerignore = (text) => {
  const rules = text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => ({ isIgnored: !line.startsWith('!'), expression: toExpression(line.replace(/^!\s*/, '')) }))
  return (path) => {
    const parts = path.split('/')
    const paths = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
    return rules.findLast(({ expression }) => paths.some((part) => expression.test(part)))?.isIgnored ?? false
  }
}
