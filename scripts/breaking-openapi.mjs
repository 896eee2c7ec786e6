import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Follows references within a document. */
const resolverOf = (document) => (part) =>
  typeof part?.$ref === 'string'
    ? part.$ref
        .slice(2)
        .split('/')
        .reduce((at, step) => at?.[step], document)
    : part

const typesOf = ({ type }) => (type === undefined ? undefined : [type].flat())
const lacks = (some, all) => some.filter((one) => !all.includes(one))

/**
 * Compares two schemas. `isSent` is true for what clients send: it may only widen. What they receive may only narrow,
 * and may lose no property.
 */
const schemaChanges = (before, after, { isSent, place, resolve, seen = new Set() }) => {
  const [old, now] = [resolve.before(before) ?? {}, resolve.after(after) ?? {}]
  if (seen.has(old)) return []
  const inner = (a, b, step) =>
    schemaChanges(a, b, { isSent, place: `${place}${step}`, resolve, seen: new Set([...seen, old]) })
  const found = []
  // A wider type or enum breaks those who receive it, a narrower one those who send it; absent is the widest.
  const narrowed = (wide, narrow, name) => {
    if (narrow === undefined) return
    const lost = wide === undefined ? ['anything else'] : lacks(wide, narrow)
    if (lost.length > 0)
      found.push(`${place}: ${name} ${isSent ? 'no longer allows' : 'now allows'} ${lost.join(', ')}`)
  }
  if (isSent) {
    narrowed(typesOf(old), typesOf(now), 'type')
    narrowed(old.enum, now.enum, 'enum')
    for (const name of lacks(now.required ?? [], old.required ?? [])) found.push(`${place}.${name} is now required`)
  } else {
    narrowed(typesOf(now), typesOf(old), 'type')
    narrowed(now.enum, old.enum, 'enum')
    for (const name of lacks(old.required ?? [], now.required ?? [])) found.push(`${place}.${name} can now be absent`)
  }
  for (const [name, schema] of Object.entries(old.properties ?? {}))
    if (now.properties?.[name] === undefined) found.push(`${place}.${name} was removed`)
    else found.push(...inner(schema, now.properties[name], `.${name}`))
  if (old.items && now.items) found.push(...inner(old.items, now.items, '[]'))
  for (const kind of ['allOf', 'anyOf'])
    for (const [index, schema] of (old[kind] ?? []).entries())
      if (now[kind]?.[index]) found.push(...inner(schema, now[kind][index], ''))
      else found.push(`${place}: a part of ${kind} was removed`)
  return found
}

const contentChanges = (before, after, options) =>
  Object.entries(before ?? {}).flatMap(([type, { schema }]) =>
    after?.[type] === undefined
      ? [`${options.place}: ${type} was removed`]
      : schemaChanges(schema, after[type].schema, options)
  )

const parameterChanges = (before, after, { place, resolve }) => {
  const named = (list, follow) =>
    new Map((list ?? []).map(follow).map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]))
  const [old, now] = [named(before, resolve.before), named(after, resolve.after)]
  const removed = [...old].flatMap(([name, parameter]) => {
    const next = now.get(name)
    if (!next) return [`${place}: the parameter ${name} was removed`]
    const required = next.required && !parameter.required ? [`${place}: the parameter ${name} is now required`] : []
    const options = { isSent: true, place: `${place} ${name}`, resolve }
    return [...required, ...schemaChanges(parameter.schema, next.schema, options)]
  })
  const added = [...now].flatMap(([name, { required }]) =>
    required && !old.has(name) ? [`${place}: the parameter ${name} is new and required`] : []
  )
  return [...removed, ...added]
}

const operationChanges = (old, now, { place, resolve }) => {
  const [sent, taken] = [resolve.before(old.requestBody), resolve.after(now.requestBody)]
  const body = contentChanges(sent?.content, taken?.content, { isSent: true, place: `${place} body`, resolve })
  const required = taken?.required && !sent?.required ? [`${place}: a body is now required`] : []
  const responses = Object.entries(old.responses).flatMap(([status, response]) => {
    if (now.responses[status] === undefined) return [`${place}: the response ${status} was removed`]
    const [was, is] = [resolve.before(response), resolve.after(now.responses[status])]
    return contentChanges(was.content, is.content, { isSent: false, place: `${place} ${status}`, resolve })
  })
  return [...parameterChanges(old.parameters, now.parameters, { place, resolve }), ...required, ...body, ...responses]
}

/** The changes between two OpenAPI documents that break a client, as sentences. */
export const breakingChanges = (before, after) => {
  const resolve = { before: resolverOf(before), after: resolverOf(after) }
  return Object.entries(before.paths).flatMap(([path, methods]) =>
    after.paths[path] === undefined
      ? [`${path} was removed`]
      : Object.entries(methods).flatMap(([method, operation]) => {
          const place = `${method.toUpperCase()} ${path}`
          const now = after.paths[path][method]
          return now === undefined ? [`${place} was removed`] : operationChanges(operation, now, { place, resolve })
        })
  )
}

const git = (...words) => {
  try {
    const stdio = ['ignore', 'pipe', 'ignore']
    return execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio, maxBuffer: 64 * 1024 * 1024 })
  } catch {
    return undefined
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const tag = git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*')?.trim()
  const text = tag && git('show', `${tag}:openapi.json`)
  if (!text) console.log('openapi.json: no release tag has one, so there is nothing to compare with.')
  else {
    const changes = breakingChanges(JSON.parse(text), JSON.parse(readFileSync(`${root}openapi.json`, 'utf8')))
    for (const change of changes) console.error(`openapi.json breaks clients of ${tag}: ${change}`)
    if (changes.length > 0) process.exitCode = 1
    else console.log(`openapi.json: no change breaks clients of ${tag}.`)
  }
}
