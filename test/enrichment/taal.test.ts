import { test } from 'tap'
import { build } from '../helper.ts'

type Taal = { code: string | null; zekerheid: string; bron: string } | null
type Node = { functie: { omschrijving: string | null } | null; taal: Taal }
type Page = { data: { vacatures: { nodes: Node[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } }
type Query = (text: string, variables?: unknown) => Promise<unknown>

const fields = 'taal { code zekerheid bron }'
const all = async (query: Query) => {
  const nodes: Node[] = []
  for (let after: string | null = null; ;) {
    const answer = (await query(
      `query ($after: String) { vacatures(first: 200, after: $after) {
        nodes { functie { omschrijving(formaat: TEKST) } ${fields} } pageInfo { hasNextPage endCursor } } }`,
      { after }
    )) as Page
    const { nodes: page, pageInfo } = answer.data.vacatures
    nodes.push(...page)
    if (!pageInfo.hasNextPage) return nodes
    after = pageInfo.endCursor
  }
}

/** The first words of the simulator's texts that are not Dutch. */
const starts = { fr: /^(Nous|Vous)\b/, en: /^We\b/, de: /^Wir\b/ }
const languageOf = (text: string) => Object.entries(starts).find(([, start]) => start.test(text.trim()))?.[0] ?? 'nl'

test('the language of the simulator’s texts is detected correctly in four languages, or is unclear', async (t) => {
  const { query } = await build(t)
  const nodes = (await all(query)).filter(({ functie }) => (functie?.omschrijving ?? '') !== '')
  t.ok(nodes.length > 1000)
  const counts: Record<string, { right: number; wrong: number; unclear: number }> = {}
  for (const { functie, taal } of nodes) {
    const label = languageOf(functie?.omschrijving ?? '')
    const count = (counts[label] ??= { right: 0, wrong: 0, unclear: 0 })
    if (taal?.bron !== 'OMSCHRIJVING' || taal.code === null) count.unclear += 1
    else if (taal.code === label) count.right += 1
    else count.wrong += 1
  }
  t.comment(JSON.stringify(counts))
  for (const taal of ['nl', 'fr', 'en', 'de']) {
    const { right = 0, wrong = 0, unclear = 0 } = counts[taal] ?? {}
    t.ok(wrong <= 0.01 * (right + wrong + unclear), `${taal}: ${wrong} wrong of ${right + wrong + unclear}`)
    t.ok(right >= 0.6 * (right + wrong + unclear), `${taal}: ${right} right of ${right + wrong + unclear}`)
  }
})

const adverts: readonly [taal: string | null, text: string][] = [
  ['nl', '<p>Je staat in voor het onthaal van klanten en je volgt de dossiers op van a tot z.</p>'],
  ['nl', 'Als verpleegkundige verzorg je de bewoners van ons woonzorgcentrum, samen met een hecht team.'],
  ['fr', '<p>Vous &ecirc;tes charg&eacute;(e) de l&rsquo;accueil des clients et du suivi des dossiers.</p>'],
  ['fr', 'En tant qu’infirmier, vous prenez soin des résidents de notre maison de repos.'],
  ['en', '<ul><li>You welcome our customers and follow up on their files from start to finish.</li></ul>'],
  ['en', 'As a nurse you take care of the residents of our home, together with a close team.'],
  ['de', '<p>Sie empfangen unsere Kunden und bearbeiten deren Akten von Anfang bis Ende.</p>'],
  ['de', 'Als Pflegefachkraft betreuen Sie die Bewohner unseres Seniorenheims in einem guten Team.'],
  [null, 'CNC C++ SAP ISO 9001 VCA B2B'],
  [null, '1234567890 1234567890 1234567890 1234567890 1234567890'],
  [null, 'Bakker']
]

test('the language of an advert is that of its first text with a clear language', async (t) => {
  const { query, simulator, get } = await build(t)
  const { data } = (await query(
    `{ vacatures(first: 100) { nodes { vacatureReferentie { interneReferentie } } } }`
  )) as {
    data: { vacatures: { nodes: { vacatureReferentie: { interneReferentie: string } }[] } }
  }
  const ids = data.vacatures.nodes.map((node) => node.vacatureReferentie.interneReferentie)
  const taalOf = async (id: string | undefined) =>
    (
      (await query(`query ($id: ID!) { vacature(id: $id) { ${fields} } }`, { id })) as {
        data: { vacature: { taal: Taal } }
      }
    ).data.vacature.taal
  const noTexts = { vrijeVereiste: null, arbeidsovereenkomst: { extra: null } }
  for (const [index, [taal, omschrijving]] of adverts.entries()) {
    await simulator.patch(`vacatures/${ids[index]}`, { ...noTexts, functie: { omschrijving } })
    const zekerheid = taal === null ? 'ONZEKER' : 'WAARSCHIJNLIJK'
    t.strictSame(await taalOf(ids[index]), { code: taal, zekerheid, bron: 'OMSCHRIJVING' }, omschrijving)
  }
  await simulator.patch(`vacatures/${ids[20]}`, {
    vrijeVereiste: adverts[2]?.[1],
    arbeidsovereenkomst: { extra: 'VCA' },
    functie: { omschrijving: null }
  })
  t.strictSame(await taalOf(ids[20]), { code: 'fr', zekerheid: 'WAARSCHIJNLIJK', bron: 'VRIJE_VEREISTE' })
  await simulator.patch(`vacatures/${ids[21]}`, { ...noTexts, functie: { omschrijving: null } })
  t.equal(await taalOf(ids[21]), null, 'the language is null without a text')
  const dropIn = await (await get(`/services/openservices/v2/vacatures/${ids[0]}`)).text()
  t.notMatch(dropIn, /"taal":|zekerheid/, 'VDAB’s own paths do not show it')
})

test('ENRICH_TAAL=off: the language is null', async (t) => {
  const { query } = await build(t, { env: { ENRICH_TAAL: 'off' } })
  const page = (await query(`{ vacatures(first: 1) { nodes { ${fields} } } }`)) as Page
  t.strictSame(page.data.vacatures.nodes, [{ taal: null }])
})
