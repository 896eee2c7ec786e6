import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { checkSettings } from '../../src/commands/checkSettings.ts'
import { readConfig } from '../../src/config/index.ts'
import { createBeroepen } from '../../src/enrichment/beroep/index.ts'
import { build, logged } from '../helper.ts'

const vacature = 'aaaaaaaa-0000-4000-8000-000000000001'
const documented = '30dbfef1-59df-4521-a111-964bf0208e68'
const uuid = 'eccbc68a-353d-40a7-85aa-6577457b3218'
const beroep = 'beroep { competent { ...C } rome { ...C } isco { ...C } escoUri { ...C } }'
const codes = 'fragment C on Beroepscode { code zekerheid bron }'
const ofVacature = `{ vacature(id: "${vacature}") { ${beroep} } } ${codes}`
const small = { vacatures: 20, kandidaten: 10 }

const fileOf = (text: string) => {
  const path = join(mkdtempSync(join(tmpdir(), 'beroepen-')), 'beroepen.csv')
  writeFileSync(path, text)
  return path
}

test('a ROME code is derived from codes of Competent 1 only, and VDAB’s own code stays', async (t) => {
  const { query, simulator, get } = await build(t, { simulator: small })
  const known = {
    'M140201-1': 'M1402',
    'F160701-1': 'F1607',
    'N130102-1': 'N1301',
    [uuid]: null,
    M1402: null,
    '12': null
  }
  const { data: list } = (await query('{ vacatures(first: 8) { nodes { id } } }')) as {
    data: { vacatures: { nodes: { id: string }[] } }
  }
  const ids = list.vacatures.nodes.map(({ id }) => id.replace('Vacature:', '')).filter((id) => id !== vacature)
  for (const [index, [code, rome]] of Object.entries(known).entries()) {
    const id = ids[index] ?? ''
    await simulator.patch(`vacatures/${id}`, { functie: { beroepsprofiel: { code } } })
    const { data } = await query(ofVacature.replace(vacature, id))
    t.strictSame(data, {
      vacature: {
        beroep: {
          competent: { code, zekerheid: 'ZEKER', bron: 'VDAB' },
          rome: rome === null ? null : { code: rome, zekerheid: 'ZEKER', bron: 'COMPETENT' },
          isco: null,
          escoUri: null
        }
      }
    })
  }
  await simulator.patch(`vacatures/${vacature}`, { functie: { beroepsprofiel: null } })
  t.strictSame((await query(ofVacature)).data, { vacature: { beroep: null } }, 'without a code there is no beroep')
  t.notMatch(await (await get(`/services/openservices/v2/vacatures/${vacature}`)).text(), /"beroep":/)
})

test('on a CV every wanted function has a beroep, for consumers that may read the CV', async (t) => {
  const { query } = await build(t, { simulator: small })
  const cvQuery = `{ kandidaat(id: "${documented}") { gewensteJob { functies { beroepsprofiel { code } beroep { rome { code } } } } } }`
  const { data } = (await query(cvQuery, {}, 'demo-cv')) as {
    data: { kandidaat: { gewensteJob: { functies: { beroepsprofiel: { code: string }; beroep: unknown }[] } } }
  }
  const { functies } = data.kandidaat.gewensteJob
  t.equal(functies.length, 7)
  for (const { beroepsprofiel, beroep: found } of functies)
    t.strictSame(found, { rome: { code: beroepsprofiel.code.slice(0, 5) } })
  const denied = await query(cvQuery, {}, 'demo-frontend')
  t.match(denied, { data: { kandidaat: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] })
})

test('ISCO and ESCO come from the table of the operator; a ROME code in VDAB’s code takes precedence', async (t) => {
  const esco = 'http://data.europa.eu/esco/occupation/0c1a6c1b-0000-4000-8000-000000000001'
  const BEROEPEN_FILE = fileOf(
    `\uFEFFcode,rome,isco,escoUri,zekerheid\r\n${uuid.toUpperCase()},M1101,3323,${esco},ONZEKER\r\n\r\nM140201-1,A1101,2421,,\r\n`
  )
  const { query, simulator } = await build(t, { simulator: small, env: { BEROEPEN_FILE } })
  t.strictSame((await query(ofVacature)).data, {
    vacature: {
      beroep: {
        competent: { code: uuid, zekerheid: 'ZEKER', bron: 'VDAB' },
        rome: { code: 'M1101', zekerheid: 'ONZEKER', bron: 'TABEL' },
        isco: { code: '3323', zekerheid: 'ONZEKER', bron: 'TABEL' },
        escoUri: { code: esco, zekerheid: 'ONZEKER', bron: 'TABEL' }
      }
    }
  })
  const other = 'aaaaaaaa-0000-4000-8000-000000000002'
  await simulator.patch(`vacatures/${other}`, { functie: { beroepsprofiel: { code: 'M140201-1' } } })
  t.match((await query(ofVacature.replace(vacature, other))).data, {
    vacature: {
      beroep: {
        rome: { code: 'M1402', bron: 'COMPETENT' },
        isco: { code: '2421', zekerheid: 'WAARSCHIJNLIJK', bron: 'TABEL' },
        escoUri: null
      }
    }
  })
})

test('an invalid table stops the start with the line and the allowed values; a missing one warns once', async (t) => {
  const wrong: readonly [text: string, ...problems: RegExp[]][] = [
    ['isco,rome\n', /line 1 must name columns, code among them; allowed: code, rome, isco, escoUri, zekerheid/],
    ['code,naam\n', /line 1/],
    [
      'code,isco,zekerheid\nM140201-1,24211,\nM140201-1,2421,MISSCHIEN\n"M1",2421,\nM140202-1,2421\nM140203-1,2421,\nm140203-1,2422,\n',
      /line 2 has a wrong isco; allowed: 1 to 4 digits like 2421/,
      /line 3 has a wrong zekerheid; allowed: ZEKER, WAARSCHIJNLIJK, ONZEKER/,
      /line 4 has a wrong code/,
      /line 5 must have 3 cells/,
      /line 7 repeats a code/
    ]
  ]
  for (const [text, ...problems] of wrong) {
    const config = readConfig({ BEROEPEN_FILE: fileOf(text) })
    for (const problem of problems) t.throws(() => checkSettings(config), { message: problem })
    t.throws(
      () => createBeroepen({ ...config.enrichment, warn: () => {} }),
      { name: 'ConfigError' },
      'the start refuses the table too'
    )
  }
  const before = logged.length
  const { query } = await build(t, { simulator: small, env: { BEROEPEN_FILE: '/nowhere/beroepen.csv' } })
  t.match((await query(ofVacature)).data, { vacature: { beroep: { competent: { code: uuid }, isco: null } } })
  t.equal(logged.slice(before).filter((line) => line.includes('BEROEPEN_FILE')).length, 1)
})

test('ENRICH_BEROEP=off: beroep is null', async (t) => {
  const { query } = await build(t, { simulator: small, env: { ENRICH_BEROEP: 'off' } })
  t.strictSame((await query(ofVacature)).data, { vacature: { beroep: null } })
})

test('a search that selects beroep fetches no details, because VDAB’s search returns the code', async (t) => {
  const { query, simulator } = await build(t, { simulator: small })
  const page =
    '{ vacatures(first: 10) { nodes { beroep { competent { code } rome { code } } functie { beroepsprofiel { code } } } } }'
  const { data } = (await query(page)) as {
    data: { vacatures: { nodes: { beroep: { competent: { code: string } } | null; functie: unknown }[] } }
  }
  const { perEndpoint } = await simulator.calls()
  t.strictSame(Object.keys(perEndpoint), ['GET /vacatures'])
  for (const { beroep: found, functie } of data.vacatures.nodes)
    if (found) t.strictSame(functie, { beroepsprofiel: { code: found.competent.code } })
})
