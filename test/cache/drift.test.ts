import t from 'tap'
import { build, logged } from '../helper.ts'

const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const person = 'bbbbbbbb-0000-4000-8000-000000000001'
type Ready = { drift: Record<string, number> }

t.test(
  'unknown fields of VDAB are passed on, counted by name and logged once; of persons only the names are read',
  async (t) => {
    let time = Date.parse('2026-02-13T12:00:00Z')
    const gateway = await build(t, {
      simulator: { date: '2026-02-13', plain: true },
      now: () => time
    })
    const drift = async () => ((await (await gateway.get('/health/ready')).json()) as Ready).drift
    const vacature = async () => {
      time += 60 * 60_000
      return gateway.query(
        `{ vacature(id: "${id}") { status leverancier { type } arbeidsovereenkomst { arbeidsContract { code label } } } }`
      )
    }
    await gateway.query('{ referenties(lijst: ARBEIDSCONTRACTEN) { code } }')
    await vacature()
    t.strictSame(await drift(), {}, 'there are no unknown fields')

    await gateway.simulator.patch(`vacatures/${id}`, {
      thuiswerk: { dagen: 2 },
      leverancier: { type: 'SOCIALE_ECONOMIE', keurmerk: 'x' },
      arbeidsovereenkomst: { arbeidsContract: 'ZZ9' },
      sollicitatieprocedure: { contactpersoon: { naam: 'Canary Person', twitter: 'canary' } }
    })
    const { data } = await vacature()
    t.match(data, {
      vacature: {
        leverancier: { type: 'SOCIALE_ECONOMIE' },
        arbeidsovereenkomst: { arbeidsContract: { code: 'ZZ9', label: null } }
      }
    })
    await vacature()
    const names = [
      'Vacature.thuiswerk',
      'Leverancier.keurmerk',
      'Leverancier.type=SOCIALE_ECONOMIE',
      'ARBEIDSCONTRACTEN=ZZ9',
      'Contactpersoon.twitter'
    ]
    t.strictSame(await drift(), Object.fromEntries(names.map((name) => [name, 2])))
    const said = logged.filter((line) => line.includes('that this version does not know'))
    t.equal(said.length, names.length, 'each name is logged once')
    t.notMatch(said.join(''), /Canary|canary/)

    await gateway.simulator.patch(`kandidaten/${person}`, {
      natuurlijkPersoon: { hobby: 'canary', geslacht: 'ZZ' },
      status: 'NIEUW'
    })
    time += 60 * 60_000
    await gateway.query(`{ kandidaat(id: "${person}") { status } }`)
    t.strictSame(
      Object.keys(await drift()).filter((name) => !names.includes(name)),
      ['NatuurlijkPersoon.hobby']
    )
  }
)
