import { getNamedType, isObjectType, type GraphQLObjectType, type GraphQLSchema } from 'graphql'
import { isExactNumber } from '../formats/exactJson.ts'
import { isLink, isOnRecord, isPersonal, personalScopeOf } from '../schema/policy.ts'
import { isEmpty } from './persoonsgegevens.ts'
import type { Personal } from './personal.ts'

const recordTypes = ['Vacature', 'Kandidaat', 'KandidaatStatus'] as const
/** The schema types of the records that VDAB sends. */
export type RecordType = (typeof recordTypes)[number]
type Rule = { readonly scope: string | undefined; readonly shape: Shape | undefined; readonly isOpaque: boolean }
/**
 * The members that a type allows in VDAB's JSON. A closed shape drops unknown members. A guarded shape has fields with
 * a scope, itself or in a nested shape, and drops values that are not objects.
 */
type Shape = {
  readonly name: string
  readonly isClosed: boolean
  isGuarded: boolean
  readonly rules: ReadonlyMap<string, Rule>
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)

/** Sets a member. An assignment to `__proto__` would replace the prototype instead. */
const put = (kept: Record<string, unknown>, member: string, value: unknown) => {
  if (member === '__proto__')
    Object.defineProperty(kept, member, { value, enumerable: true, configurable: true, writable: true })
  else kept[member] = value
}
const holdsObject = (value: unknown): boolean => (Array.isArray(value) ? value.some(holdsObject) : isObject(value))

const hasScope = ({ rules }: Shape, seen = new Set<ReadonlyMap<string, Rule>>()): boolean => {
  if (seen.has(rules)) return false
  seen.add(rules)
  return [...rules.values()].some(
    ({ scope, shape }) => scope !== undefined || (shape !== undefined && hasScope(shape, seen))
  )
}

/** The shapes of the record types. A shape in a closed one is closed too: a Referentie in a CV, not in a vacancy. */
const readShapes = (schema: GraphQLSchema): ReadonlyMap<RecordType, Shape> => {
  const known = new Map<string, Shape>()
  const toShape = (type: GraphQLObjectType, isInsideClosed: boolean): Shape => {
    const isClosed = isInsideClosed || isPersonal(schema, type)
    const key = `${type.name} ${isClosed}`
    const found = known.get(key)
    if (found) return found
    const rules = new Map<string, Rule>()
    const shape: Shape = { name: type.name, isClosed, isGuarded: false, rules }
    known.set(key, shape) // before the nested shapes, which can refer to it
    for (const field of Object.values(type.getFields()).filter((one) => !isLink(one))) {
      const next = getNamedType(field.type)
      const nested = isObjectType(next) ? toShape(next, isClosed) : undefined
      rules.set(field.name, { scope: personalScopeOf(schema, field), shape: nested, isOpaque: next.name === 'JSON' })
    }
    return shape
  }
  const shapes = new Map(
    recordTypes.map((name) => {
      const type = schema.getType(name)
      if (!isObjectType(type)) throw new Error(`${name} is not a type of the schema`)
      return [name, toShape(type, false)]
    })
  )
  for (const shape of known.values()) shape.isGuarded = hasScope(shape)
  return shapes
}

type Options = { onDropped?: (type: string) => void }

/** The totals in VDAB's envelope of a list (upstream.md §2.1). */
const counts = new Set(['aantal', 'totaalAantalResultaten'])

/**
 * Applies the schema's policy to VDAB's JSON: it removes members whose scope the consumer lacks. A personal type is
 * closed: members that are unknown to the schema or do not match it are dropped and counted, and `onDropped` gets the
 * type.
 */
export const createRedaction = (schema: GraphQLSchema, { onDropped = () => {} }: Options = {}) => {
  const shapes = readShapes(schema)
  const shapeFor = (name: RecordType) => shapes.get(name) as Shape // each record type has a shape
  const dropped = new Map<string, number>()
  const drop = (type: string) => {
    dropped.set(type, (dropped.get(type) ?? 0) + 1)
    onDropped(type)
  }

  type Visit = { scopes: ReadonlySet<string>; note: (scope: string) => void }

  /** The part of a value that the scopes allow; undefined when the whole value was dropped. */
  const redact = (shape: Shape, source: unknown, visit: Visit): unknown => {
    if (Array.isArray(source))
      return source.map((item) => redact(shape, item, visit)).filter((item) => item !== undefined)
    if (!isObject(source)) {
      if (source == null || !shape.isGuarded) return source
      drop(shape.name)
      return undefined
    }
    const kept: Record<string, unknown> = {}
    // Object.entries would allocate one more list for each member of each record.
    for (const member of Object.keys(source)) {
      const value = source[member]
      const rule = shape.rules.get(member)
      const isUnknown = !rule || (!rule.shape && !rule.isOpaque && holdsObject(value))
      if (isUnknown || (shape.isClosed && rule.isOpaque && !isEmpty(value))) {
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
  /** The scopes whose data needs no audit record. */
  const scopesOffRecord = (scopes: ReadonlySet<string>): ReadonlySet<string> => {
    const found = known.get(scopes) ?? new Set([...scopes].filter((scope) => !isOnRecord(scope)))
    known.set(scopes, found)
    return found
  }

  const redactRecord = (shape: Shape, source: unknown, scopes: ReadonlySet<string>, personal: Personal): unknown => {
    const person = shape.isClosed && isObject(source) ? source['cvId'] : undefined
    if (typeof person === 'string')
      return redact(shape, source, {
        scopes,
        note: (scope) => personal.show(person, scope)
      })
    return redact(shape, source, { scopes: scopesOffRecord(scopes), note: () => {} })
  }

  return {
    /** The number of dropped members since the start, by type. */
    dropped: (): Readonly<Record<string, number>> => Object.fromEntries(dropped),
    /** The part of a record that the scopes allow; undefined = nothing. Adds the shown people to `personal`. */
    record: (name: RecordType, source: unknown, scopes: ReadonlySet<string>, personal: Personal): unknown =>
      redactRecord(shapeFor(name), source, scopes, personal),
    /** The same for VDAB's envelope of a list. In addition to records of people, only the totals are kept. */
    page: (name: RecordType, source: unknown, scopes: ReadonlySet<string>, personal: Personal): unknown => {
      const shape = shapeFor(name)
      const redactAll = (items: readonly unknown[]) =>
        items.map((item) => redactRecord(shape, item, scopes, personal)).filter((item) => item !== undefined)
      if (Array.isArray(source)) return redactAll(source)
      if (!isObject(source)) return source
      const kept: Record<string, unknown> = {}
      for (const [member, value] of Object.entries(source)) {
        if (member === 'resultaten' && Array.isArray(value)) kept[member] = redactAll(value)
        else if (!shape.isClosed || (counts.has(member) && (typeof value === 'number' || isExactNumber(value))))
          put(kept, member, value)
        else drop(name)
      }
      return kept
    }
  }
}

export type Redaction = ReturnType<typeof createRedaction>
