import { getNamedType, isObjectType } from 'graphql'
import type { GraphQLObjectType, GraphQLSchema } from 'graphql'
import { isJsonObject } from '../formats/exactJson.ts'
import { directiveOn } from '../schema/index.ts'
import { fieldsOf, isPersonal } from '../schema/policy.ts'
import type { EndpointName } from '../upstream/endpoints.ts'
import { isLijst } from '../upstream/lijsten.ts'
import type { LijstName } from '../upstream/lijsten.ts'

/** Members whose name differs from the schema's (upstream.md §3.1). */
const otherNames: Readonly<Record<string, readonly string[]>> = { Dubbels: ['parentId'] }
/** The documented values of texts with a fixed set of values (upstream.md §3.1, §3.1.1). */
const values: Readonly<Record<string, readonly string[]>> = {
  'Vacature.status': ['GEPUBLICEERD', 'NIET_GEPUBLICEERD', 'AFGESLOTEN'],
  'Vacature.bron': ['HRXML_2_4_POSITION_OPENING', 'VDAB_VACATURE_OPENING'],
  'Vacature.vacatureType': ['SJABLOON', 'ONDERWIJS', 'VLAAMSE_OVERHEID_EXTERN'],
  'Leverancier.type': ['GEWONE_BEDRIJVEN', 'INTERMEDIAIREN', 'DERDENLEVERANCIERS'],
  'Vereiste.type': 'technischecompetentie softskill talen studie rijbewijs attest competentie vaardigheid kennis'.split(
    ' '
  )
}
/** The type of the records in the responses of an endpoint. */
const typeOf: Partial<Record<EndpointName, string>> = {
  vacatures: 'Vacature',
  vacature: 'Vacature',
  vacaturesOpId: 'Vacature',
  vacaturesInitial: 'Vacature',
  vacaturesBulk: 'Vacature',
  kandidaten: 'Kandidaat',
  kandidaat: 'Kandidaat'
}

const sampleEveryMs = 1000
const recordsInSample = 5
const maxFindings = 200
/** The form of VDAB's names; any other text could be data. */
const name = /^[\w.-]{1,60}$/

type Dependencies = {
  schema: GraphQLSchema
  /** the codes of a list that is cached; undefined when it is not */
  knownCodes: (lijst: LijstName) => ReadonlyMap<string, string> | undefined
  warn: (message: string) => void
  now: () => number
}

type Member = { readonly type: GraphQLObjectType | undefined; readonly lijst: LijstName | undefined }
type Shape = { readonly name: string; readonly isPersonal: boolean; readonly members: ReadonlyMap<string, Member> }

/**
 * Compares a sample of VDAB's responses with the schema: per second, the first records of one response of each
 * endpoint. Unknown members, values and codes are counted by name and logged once. Nothing is changed. In records of
 * people, only the names of members are read.
 */
export const createDrift = ({ schema, knownCodes, warn, now }: Dependencies) => {
  const found = new Map<string, number>()
  const sampledAt = new Map<EndpointName, number>()
  const shapes = new Map<string, Shape>()

  const shapeOf = (type: GraphQLObjectType): Shape => {
    const known = shapes.get(type.name)
    if (known) return known
    const members = new Map<string, Member>(
      fieldsOf(type).map((field) => {
        const next = getNamedType(field.type)
        const lijst = directiveOn(schema, field, 'lijst')?.['naam']
        return [
          field.name,
          {
            type: isObjectType(next) ? next : undefined,
            lijst: typeof lijst === 'string' && isLijst(lijst) ? lijst : undefined
          }
        ]
      })
    )
    const shape = { name: type.name, isPersonal: isPersonal(schema, type), members }
    shapes.set(type.name, shape)
    return shape
  }

  const note = (what: string, finding: string) => {
    const count = found.get(finding) ?? 0
    if (count === 0 && found.size >= maxFindings) return
    found.set(finding, count + 1)
    if (count === 0) warn(`VDAB sends ${what} that this version does not know: ${finding}`)
  }

  const checkValue = (shape: Shape, member: string, { lijst }: Member, value: unknown) => {
    const code = isJsonObject(value) ? value['code'] : value
    if (typeof code !== 'string' || !name.test(code)) return
    const place = `${shape.name}.${member}`
    if (lijst !== undefined) {
      const codes = knownCodes(lijst)
      if (codes && codes.size > 0 && !codes.has(code)) note('a code', `${lijst}=${code}`)
    } else if (values[place] && !values[place].some((known) => known.toLowerCase() === code.toLowerCase()))
      note('a value', `${place}=${code}`)
  }

  const check = (type: GraphQLObjectType, value: unknown, isInPerson: boolean): void => {
    if (Array.isArray(value)) {
      for (const item of value) check(type, item, isInPerson)
      return
    }
    if (!isJsonObject(value)) return
    const shape = shapeOf(type)
    for (const [member, content] of Object.entries(value)) {
      const known = shape.members.get(member)
      if (!known && !otherNames[shape.name]?.includes(member))
        note('a member', `${shape.name}.${name.test(member) ? member : '(no name)'}`)
      if (!known) continue
      if (!isInPerson) for (const one of [content].flat()) checkValue(shape, member, known, one)
      // A Referentie has its own members; its code was checked above.
      if (known.type && !known.lijst) check(known.type, content, isInPerson || shapeOf(known.type).isPersonal)
    }
  }

  return {
    /** Checks a response of VDAB, if a sample of this endpoint is due. */
    sample: (endpoint: EndpointName, answer: unknown) => {
      const type = schema.getType(typeOf[endpoint] ?? '')
      if (!isObjectType(type) || now() - (sampledAt.get(endpoint) ?? -Infinity) < sampleEveryMs) return
      sampledAt.set(endpoint, now())
      const list = isJsonObject(answer) && Array.isArray(answer['resultaten']) ? answer['resultaten'] : [answer].flat()
      for (const record of list.slice(0, recordsInSample)) check(type, record, shapeOf(type).isPersonal)
    },
    /** The number of samples with each unknown name since the start. */
    found: (): Readonly<Record<string, number>> => Object.fromEntries(found)
  }
}

export type Drift = ReturnType<typeof createDrift>
