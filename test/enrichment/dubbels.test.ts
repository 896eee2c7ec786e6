import fc from 'fast-check'
import { test } from 'tap'
import { likeness, shinglesOf, signatureOf } from '../../src/enrichment/dubbels/shingles.ts'
import { build } from '../helper.ts'

type Lid = { interneReferentie: string; reden: string; zekerheid: string; vacature?: { status: string } | null }
type Dubbels = { parentUuid: string | null; reden: string[] | null; leden: Lid[] | null } | null
type Answer = { data: { vacature: { dubbels: Dubbels } } }

const text =
  'Wij zoeken een magazijnier voor ons distributiecentrum. Je laadt en lost vrachtwagens, je verzamelt bestellingen ' +
  'en je houdt de voorraad bij. Je werkt in twee ploegen en je rijdt met de heftruck door de hallen van ons magazijn. ' +
  'Wij bieden een vast contract met maaltijdcheques en een hospitalisatieverzekering aan wie stipt en sterk is.'
const other =
  'Als boekhouder verwerk je de facturen van onze klanten, je maakt de aangiften op en je bereidt de jaarrekening voor. ' +
  'Je hebt een diploma en je werkt vlot met cijfers en programma’s voor boekhouden. Je krijgt een wagen en een laptop.'
const employer = { kboNummer: '0123456789', naam: 'Proef Logistiek NV' }
const address = { postcode: '1770', gemeente: 'LIEDEKERKE', landCode: 'BE' }
const advert = (omschrijving: string, changes: object = {}) => ({
  functie: { functieTitel: 'Magazijnier', omschrijving },
  vrijeVereiste: null,
  arbeidsovereenkomst: { extra: null },
  leverancier: employer,
  opdrachtgever: null,
  tewerkstellingsadres: address,
  dubbels: null,
  ...changes
})

const setUp = async (t: Parameters<typeof build>[0], env: Record<string, string> = {}) => {
  const gateway = await build(t, { env })
  const { query, simulator } = gateway
  const { data } = (await query(
    `{ vacatures(first: 100) { nodes { vacatureReferentie { interneReferentie vdabReferentie } } } }`
  )) as {
    data: { vacatures: { nodes: { vacatureReferentie: { interneReferentie: string; vdabReferentie: number } }[] } }
  }
  const references = data.vacatures.nodes.map((node) => node.vacatureReferentie)
  const ids = references.map(({ interneReferentie }) => interneReferentie)
  const put = (index: number, record: object) => simulator.patch(`vacatures/${ids[index]}`, record)
  const read = (...indexes: number[]) =>
    query(`query ($ids: [ID!]!) { vacaturesOpId(ids: $ids) { versie startDatum } }`, {
      ids: indexes.map((at) => ids[at])
    })
  const dubbelsOf = async (index: number, selection = 'parentUuid reden leden { interneReferentie reden zekerheid }') =>
    ((await query(`query ($id: ID!) { vacature(id: $id) { dubbels { ${selection} } } }`, { id: ids[index] })) as Answer)
      .data.vacature.dubbels
  return { ...gateway, references, ids, put, read, dubbelsOf }
}

test('adverts of one employer in one place with nearly the same text are one group, each with its reason', async (t) => {
  const { ids, put, read, dubbelsOf, get } = await setUp(t)
  await put(0, advert(text))
  await put(
    1,
    advert(`<p>${text.replace('twee ploegen', 'drie ploegen')}</p>`, { leverancier: { naam: 'PROEF LOGISTIEK NV' } })
  )
  await put(2, advert(other))
  await put(3, advert(text, { tewerkstellingsadres: { ...address, postcode: '9000', gemeente: 'GENT' } }))
  await put(4, advert(text, { leverancier: { kboNummer: '0987654321', naam: 'Andere BV' } }))
  await put(5, advert('Magazijnier gezocht.'))
  await put(6, advert('Magazijnier gezocht.'))
  await read(0, 1, 2, 3, 4, 5, 6)
  const twin = (index: number) => ({ interneReferentie: ids[index], reden: 'TEKST', zekerheid: 'WAARSCHIJNLIJK' })
  t.strictSame(await dubbelsOf(0), { parentUuid: null, reden: ['TEKST'], leden: [twin(1)] })
  t.strictSame(await dubbelsOf(1), { parentUuid: null, reden: ['TEKST'], leden: [twin(0)] })
  for (const index of [2, 3, 4])
    t.strictSame((await dubbelsOf(index))?.leden, [], `another job, place or employer is no duplicate: ${index}`)
  t.strictSame((await dubbelsOf(5))?.leden, [], 'texts that are too short are not compared')
  t.match((await dubbelsOf(0, 'leden { vacature { status } }'))?.leden, [{ vacature: { status: /./ } }])
  t.equal(await dubbelsOf(0, 'parentUuid'), null, 'VDAB’s own value is not overwritten')
  const dropIn = await (await get(`/services/openservices/v2/vacatures/${ids[0]}`)).text()
  t.notMatch(dropIn, /leden|"reden"/, 'VDAB’s own paths do not show it')
  const whole = (await (await get(`/api/vacatures/${ids[0]}`)).json()) as { dubbels: unknown }
  t.equal(whole.dubbels, null, 'REST omits it unless `velden` names it')
  const named = (await (await get(`/api/vacatures/${ids[0]}?velden=dubbels.leden.reden`)).json()) as {
    dubbels: unknown
  }
  t.strictSame(named.dubbels, { leden: [{ reden: 'TEKST' }] })
})

test('the duplicates that VDAB names come first, on both vacancies', async (t) => {
  const { ids, references, put, read, dubbelsOf } = await setUp(t)
  await put(0, advert(text, { dubbels: { parentUuid: ids[0], dubbelIds: [references[1]?.vdabReferentie] } }))
  await put(1, advert(other, { dubbels: null }))
  await put(2, advert(other, { dubbels: { parentUuid: ids[0] }, leverancier: { naam: 'Andere BV' } }))
  await put(3, advert(text))
  await read(0, 1, 2, 3)
  const lid = (index: number, reden = 'VDAB') => ({
    interneReferentie: ids[index],
    reden,
    zekerheid: reden === 'VDAB' ? 'ZEKER' : 'WAARSCHIJNLIJK'
  })
  const byId = (one: Lid, two: Lid) => (one.interneReferentie < two.interneReferentie ? -1 : 1)
  const own = [lid(1), lid(2)] as Lid[]
  t.strictSame(await dubbelsOf(0), {
    parentUuid: ids[0],
    reden: ['VDAB', 'TEKST'],
    leden: [...own.sort(byId), lid(3, 'TEKST')]
  })
  t.strictSame((await dubbelsOf(1))?.leden, [lid(0)])
  t.strictSame((await dubbelsOf(2))?.leden, [lid(0)])
})

test('a group changes with its vacancies, also between two equal requests', async (t) => {
  const { ids, put, read, dubbelsOf } = await setUp(t, { FEED_INTERVAL_MS: '0' })
  await put(0, advert(text))
  await put(1, advert(other))
  await read(0, 1)
  t.strictSame((await dubbelsOf(0))?.leden, [])
  await put(2, advert(text))
  await read(2)
  t.match((await dubbelsOf(0))?.leden, [{ interneReferentie: ids[2] }], 'no cached answer hides a new member')
})

test('ENRICH_DUBBELS=off: reden and leden are null, and VDAB’s own members stay', async (t) => {
  const { ids, put, dubbelsOf } = await setUp(t, { ENRICH_DUBBELS: 'off' })
  await put(0, advert(text, { dubbels: { parentUuid: ids[1] } }))
  t.strictSame(await dubbelsOf(0), { parentUuid: ids[1], reden: null, leden: null })
})

test('the estimated similarity of two texts is close to the exact similarity', (t) => {
  const word = fc.constantFrom(...new Set(`${text} ${other}`.match(/\p{L}+/gu)))
  const words = fc.array(word, { minLength: 40, maxLength: 200 })
  fc.assert(
    fc.property(words, words, fc.double({ min: 0, max: 1, noNaN: true }), (one, two, share) => {
      const cut = Math.floor(two.length * share)
      const [a, b] = [
        shinglesOf(one.join(' ')),
        shinglesOf([...one.slice(0, one.length - 12), ...two.slice(0, cut)].join(' '))
      ]
      if (!a || !b) return true
      const common = [...a].filter((shingle) => b.has(shingle)).length
      return Math.abs(likeness(signatureOf(a), signatureOf(b)) - common / (a.size + b.size - common)) < 0.3
    })
  )
  t.equal(
    likeness(signatureOf(shinglesOf(text) ?? new Set()), signatureOf(shinglesOf(`<b>${text}</b>`) ?? new Set())),
    1
  )
  t.end()
})
