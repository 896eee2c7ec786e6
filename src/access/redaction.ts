import { getNamedType, isObjectType } from 'graphql'
import type { GraphQLObjectType, GraphQLSchema } from 'graphql'
import { isExactNumber } from '../formats/exactJson.ts'
import { directiveOn } from '../schema/index.ts'
import { isEmpty, isOnRecord, scopeOf } from './persoonsgegevens.ts'
import type { Personal } from './personal.ts'

const recordTypes = ['Vacature', 'Kandidaat', 'KandidaatStatus'] as const
/** The types of the schema whose records VDAB sends by themselves. */
export type RecordType = (typeof recordTypes)[number]
type Json = Readonly<Record<string, unknown>>
type Rule = {
  readonly scope: string | undefined
  readonly shape: Shape | undefined
  readonly isPlain: boolean
  readonly isOpaque: boolean
}
/**
 * What a type allows of VDAB's JSON. Closed: unknown members may not pass. Guarded: it holds marks, itself or below, so that
 * what stands there in another form than the schema's has nobody's judgement.
 */
type Shape = {
  readonly name: string
  readonly isClosed: boolean
  isGuarded: boolean
  readonly rules: ReadonlyMap<string, Rule>
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)

/** Adds a member. A plain assignment to `__proto__` would replace the object's prototype and add nothing. */
const put = (kept: Record<string, unknown>, member: string, value: unknown) => {
  if (member === '__proto__')
    Object.defineProperty(kept, member, { value, enumerable: true, configurable: true, writable: true })
  else kept[member] = value
}
const holdsObject = (value: unknown): boolean => (Array.isArray(value) ? value.some(holdsObject) : isObject(value))

const reachesMark = ({ rules }: Shape, seen = new Set<ReadonlyMap<string, Rule>>()): boolean => {
  if (seen.has(rules)) return false
  seen.add(rules)
  return [...rules.values()].some(
    ({ scope, shape }) => scope !== undefined || (shape !== undefined && reachesMark(shape, seen))
  )
}

/** Reads the shapes of the types that records have. What is closed closes all below it: a Referentie of a CV is closed, one of a vacancy open. */
const readShapes = (schema: GraphQLSchema, names: readonly RecordType[]): ReadonlyMap<RecordType, Shape> => {
  const known = new Map<string, Shape>()
  const shapeOf = (type: GraphQLObjectType, isInside: boolean): Shape => {
    const isClosed = isInside || directiveOn(schema, type, 'persoonlijk') !== undefined
    const key = `${type.name} ${isClosed}`
    const found = known.get(key)
    if (found) return found
    const rules = new Map<string, Rule>()
    const shape: Shape = { name: type.name, isClosed, isGuarded: false, rules }
    known.set(key, shape)
    for (const field of Object.values(type.getFields())) {
      const next = getNamedType(field.type)
      rules.set(field.name, {
        scope: scopeOf(schema, field),
        shape: isObjectType(next) ? shapeOf(next, isClosed) : undefined,
        isPlain: !isObjectType(next) && next.name !== 'JSON',
        isOpaque: next.name === 'JSON'
      })
    }
    return shape
  }
  const shapes = new Map(
    names.map((name) => {
      const type = schema.getType(name)
      if (!isObjectType(type)) throw new Error(`${name} is not a type of the schema`)
      return [name, shapeOf(type, false)]
    })
  )
  for (const shape of known.values()) shape.isGuarded = reachesMark(shape)
  return shapes
}

/** The members of an envelope that say how many there are (upstream.md §2.1). */
const counts = new Set(['aantal', 'totaalAantalResultaten'])

type Options = { onDropped?: (type: string) => void }

/**
 * The policy of the schema's marks, for VDAB's own JSON: members without their scope are absent. A personal type is closed:
 * members that the schema does not know, such as VDAB may add tomorrow, and members that come in another form than the
 * schema's, are dropped and counted, and `onDropped` is told of their type.
 */
export const createRedaction = (schema: GraphQLSchema, { onDropped = () => {} }: Options = {}) => {
  const shapes = readShapes(schema, recordTypes)
  const shapeOf = (name: RecordType) => shapes.get(name) as Shape // it was made for each name
  const dropped = new Map<string, number>()
  const drop = (type: string) => {
    dropped.set(type, (dropped.get(type) ?? 0) + 1)
    onDropped(type)
  }

  type Visit = { scopes: ReadonlySet<string>; note: (scope: string) => void }

  /** What may be seen of a value in the place of a shape; undefined when it was dropped whole. */
  const redact = (shape: Shape, source: unknown, visit: Visit): unknown => {
    if (Array.isArray(source))
      return source.map((item) => redact(shape, item, visit)).filter((item) => item !== undefined)
    if (!isObject(source)) {
      if (source == null || !shape.isGuarded) return source
      drop(shape.name)
      return undefined
    }
    const kept: Record<string, unknown> = {}
    // Entries would be one more list for each member of each record.
    for (const member of Object.keys(source)) {
      const value = source[member]
      const rule = shape.rules.get(member)
      if (!rule || (rule.isPlain && holdsObject(value)) || (shape.isClosed && rule.isOpaque && !isEmpty(value))) {
        if (shape.isClosed) drop(shape.name)
        else if (rule?.scope === undefined || visit.scopes.has(rule.scope)) put(kept, member, value)
        continue
      }
      if (rule.scope !== undefined && !visit.scopes.has(rule.scope)) continue
      const seen = rule.shape === undefined ? value : redact(rule.shape, value, visit)
      if (seen === undefined) continue
      if (rule.scope !== undefined && seen !== null) visit.note(rule.scope)
      kept[member] = seen
    }
    return kept
  }

  const known = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>()
  /** The scopes for what can be shown without a record in the audit log. */
  const scopesOffRecord = (scopes: ReadonlySet<string>): ReadonlySet<string> => {
    const found = known.get(scopes) ?? new Set([...scopes].filter((scope) => !isOnRecord(scope)))
    known.set(scopes, found)
    return found
  }

  const record = (shape: Shape, source: unknown, scopes: ReadonlySet<string>, seen: Personal): unknown => {
    const person = shape.isClosed && isObject(source) ? source['cvId'] : undefined
    if (typeof person === 'string')
      return redact(shape, source, {
        scopes,
        note: (scope) => {
          seen.show(person, scope)
        }
      })
    return redact(shape, source, { scopes: scopesOffRecord(scopes), note: () => {} })
  }

  return {
    /** How many members were dropped since the start, by the type they stood in. */
    dropped: (): Readonly<Record<string, number>> => Object.fromEntries(dropped),
    /** A record as this consumer may see it, undefined when nothing of it; what is shown of a person is noted in `seen`. */
    record: (name: RecordType, source: unknown, scopes: ReadonlySet<string>, seen: Personal): unknown =>
      record(shapeOf(name), source, scopes, seen),
    /** An envelope of such records. What VDAB may put beside the records of people tomorrow, or in their place, does not pass. */
    page: (name: RecordType, source: unknown, scopes: ReadonlySet<string>, seen: Personal): unknown => {
      const shape = shapeOf(name)
      const all = (items: readonly unknown[]) =>
        items.map((item) => record(shape, item, scopes, seen)).filter((item) => item !== undefined)
      if (Array.isArray(source)) return all(source)
      if (!isObject(source)) return source
      const kept: Record<string, unknown> = {}
      for (const [member, value] of Object.entries(source)) {
        if (member === 'resultaten' && Array.isArray(value)) kept[member] = all(value)
        else if (!shape.isClosed || (counts.has(member) && (typeof value === 'number' || isExactNumber(value))))
          put(kept, member, value)
        else drop(name)
      }
      return kept
    }
  }
}

export type Redaction = ReturnType<typeof createRedaction>
