import { getNamedType, isObjectType } from 'graphql'
import type { GraphQLObjectType, GraphQLSchema } from 'graphql'
import { isOnRecord, personalTypes, scopeOf } from './persoonsgegevens.ts'
import type { Personal } from './personal.ts'

/** The types of the schema whose records VDAB sends by themselves. */
export type RecordType = 'Vacature' | 'Kandidaat' | 'KandidaatStatus'
type Json = Readonly<Record<string, unknown>>
type Rule = { readonly scope: string | undefined; readonly type: Shape | undefined; readonly isPlain: boolean }
/** What a type allows of VDAB's JSON: its members, and whether unknown ones may pass. */
type Shape = { readonly isClosed: boolean; readonly rules: ReadonlyMap<string, Rule> }

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The policy of the schema's marks, for VDAB's own JSON: members without their scope are absent. A personal type is closed:
 * members that the schema does not know, such as VDAB may add tomorrow, are dropped and counted, and `onDropped` is told of their type.
 */
export const createRedaction = (schema: GraphQLSchema, { onDropped = () => {} }: { onDropped?: (type: string) => void } = {}) => {
  const personal = personalTypes(schema)
  const shapes = new Map<string, Shape>()
  const dropped = new Map<string, number>()
  const drop = (type: string) => {
    dropped.set(type, (dropped.get(type) ?? 0) + 1)
    onDropped(type)
  }

  const shapeOf = (type: GraphQLObjectType): Shape => {
    const known = shapes.get(type.name)
    if (known) return known
    const rules = new Map<string, Rule>()
    const shape: Shape = { isClosed: personal.has(type), rules }
    shapes.set(type.name, shape)
    for (const field of Object.values(type.getFields())) {
      const next = getNamedType(field.type)
      rules.set(field.name, { scope: scopeOf(schema, field), type: isObjectType(next) ? shapeOf(next) : undefined, isPlain: !isObjectType(next) && next.name !== 'JSON' })
    }
    return shape
  }

  const redact = (name: string, shape: Shape, source: unknown, scopes: ReadonlySet<string>, note: (scope: string) => void): unknown => {
    if (Array.isArray(source)) return source.map((item) => redact(name, shape, item, scopes, note))
    if (!isObject(source)) return source
    const kept: Record<string, unknown> = {}
    for (const [member, value] of Object.entries(source)) {
      const rule = shape.rules.get(member)
      // A plain member that has become an object holds what nobody has judged yet.
      if (!rule || (shape.isClosed && rule.isPlain && isObject(value))) {
        if (shape.isClosed) drop(name)
        else kept[member] = value
        continue
      }
      if (rule.scope !== undefined && !scopes.has(rule.scope)) continue
      if (rule.scope !== undefined && value != null) note(rule.scope)
      kept[member] = rule.type === undefined ? value : redact(name, rule.type, value, scopes, note)
    }
    return kept
  }

  return {
    /** How many members were dropped since the start, by the type they stood in. */
    dropped: (): Readonly<Record<string, number>> => Object.fromEntries(dropped),
    /** A record as this consumer may see it; what is shown of a person is noted in `seen`. */
    record: (name: RecordType, source: unknown, scopes: ReadonlySet<string>, seen: Personal): unknown => {
      const type = schema.getType(name)
      if (!isObjectType(type)) throw new Error(`${name} is not a type of the schema`)
      const person = isObject(source) ? source['cvId'] : undefined
      const visible = typeof person === 'string' ? scopes : new Set([...scopes].filter((scope) => !isOnRecord(scope)))
      return redact(name, shapeOf(type), source, visible, (scope) => { if (typeof person === 'string') seen.show(person, scope) })
    }
  }
}

export type Redaction = ReturnType<typeof createRedaction>
