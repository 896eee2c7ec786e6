import t from 'tap'
import { build } from '../helper.ts'

const lists = [
  'JOBDOMEINEN',
  'DIPLOMAS',
  'RIJBEWIJZEN',
  'ATTESTEN',
  'ARBEIDSSTELSELS',
  'ARBEIDSREGIMES',
  'ARBEIDSCONTRACTDUREN',
  'ARBEIDSCONTRACTEN',
  'SOFTSKILLS',
  'COMPETENTIES',
  'SJABLONEN',
  'STUDIEBOOM',
  'TALEN',
  'ERVARING',
  'REGIOS'
]
type Row = { code: string; label: string; lijst: string }

void t.test(
  'every list is returned, and each of its codes can be looked up, with one VDAB call per list',
  async (t) => {
    const { query, simulator } = await build(t)
    for (const lijst of lists) {
      const { data, errors } = await query(
        'query ($lijst: Referentielijst!) { referenties(lijst: $lijst) { code label lijst } }',
        { lijst }
      )
      t.equal(errors, undefined)
      const rows = (data as { referenties: Row[] }).referenties
      t.ok(rows.length > 0 && rows.every((row) => row.lijst === lijst && row.label !== ''), lijst)
      const [first] = rows
      t.same(
        (
          await query(
            'query ($lijst: Referentielijst!, $code: String!) { referentie(lijst: $lijst, code: $code) { code label lijst } }',
            { lijst, code: first?.code }
          )
        ).data,
        { referentie: first }
      )
    }
    const { total, perEndpoint } = await simulator.calls()
    t.equal(total, 13, JSON.stringify(perEndpoint))
  }
)

void t.test(
  'a keyword filters a list: VDAB returns the ten best diplomas, and the gateway filters the other lists',
  async (t) => {
    const { query } = await build(t)
    const codes = async (lijst: string, trefwoord: string) =>
      (
        (
          await query(
            'query ($lijst: Referentielijst!, $trefwoord: String) { referenties(lijst: $lijst, trefwoord: $trefwoord) { code label } }',
            { lijst, trefwoord }
          )
        ).data as { referenties: Row[] }
      ).referenties
    t.match(
      (await codes('DIPLOMAS', 'Master TEW: Handelsingenieur')).find(({ code }) => code === 'MAE5AHH'),
      { label: 'Master TEW: Handelsingenieur' }
    )
    t.ok((await codes('DIPLOMAS', 'a')).length <= 10)
    t.same(
      (await codes('JOBDOMEINEN', 'verkoop')).map(({ code }) => code),
      ['JOBCAT23']
    )
  }
)

void t.test('a code that is not in its list is null', async (t) => {
  const { query } = await build(t)
  t.same((await query('{ referentie(lijst: TALEN, code: "XX") { label } }')).data, { referentie: null })
})
