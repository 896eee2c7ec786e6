/** The values of a vacancy that filters test; they are written as JSON. */
export type Waarden = Readonly<Record<string, unknown>>

/**
 * The stored levensloop of one vacancy. Times are in ms. `waarden`: the different values that filters test, newest
 * last; they are complete since `waardenSinds`.
 */
export type Leven = {
  readonly gezien: number
  readonly gewijzigd?: number | undefined
  readonly verwijderd?: number | undefined
  readonly reden?: string | undefined
  readonly velden: readonly string[]
  /** hashes of the members of the last reading; see `hashes.ts` */
  readonly hashes?: Uint8Array | undefined
  readonly gelezen?: number | undefined
  readonly waarden: readonly Waarden[]
  readonly waardenSinds?: number | undefined
  readonly bron: 'FEED' | 'GELEZEN'
  /** the time of the last event; decides the order in which vacancies are deleted */
  readonly aangeraakt: number
}

/** One reading of a record. */
export type Lezing = { readonly hashes: Uint8Array; readonly waarden: Waarden; readonly status: string | undefined }

const published = 'GEPUBLICEERD'
const maxWaarden = 4

const newborn = (at: number, bron: Leven['bron']): Leven => ({
  gezien: at,
  velden: [],
  waarden: [],
  bron,
  aangeraakt: at
})

/** Sets the status. The first unpublished status sets the time of removal; publishing again clears it. */
const withStatus = (leven: Leven, status: string, at: number): Leven =>
  status === published
    ? { ...leven, verwijderd: undefined, reden: undefined }
    : { ...leven, verwijderd: leven.verwijderd ?? at, reden: status }

/**
 * The levensloop after a row of VDAB's feed at a time. The feed repeats a change within `repeatMs`, so a row within
 * that time after the last one is the same change.
 */
export const afterRow = (leven: Leven | undefined, status: string, at: number, repeatMs: number): Leven => {
  const known = leven ?? newborn(at, 'FEED')
  const isRepeat = at - (known.gewijzigd ?? known.gezien) < repeatMs
  const isChange = status === published && leven !== undefined && !isRepeat
  return {
    ...withStatus(known, status, at),
    gewijzigd: isChange ? at : known.gewijzigd,
    bron: 'FEED',
    aangeraakt: at
  }
}

const addWaarden = ({ waarden, waardenSinds }: Leven, next: Waarden, at: number) => {
  const text = JSON.stringify(next)
  if (waarden.some((one) => JSON.stringify(one) === text)) {
    const others = waarden.filter((one) => JSON.stringify(one) !== text)
    return { waarden: [...others, next], waardenSinds }
  }
  // After values were dropped, the rest is complete only from now on.
  return {
    waarden: [...waarden, next].slice(-maxWaarden),
    waardenSinds: waardenSinds === undefined || waarden.length >= maxWaarden ? at : waardenSinds
  }
}

/**
 * The levensloop after a reading of the record at a time. `changed` returns the members that differ between two
 * readings. A difference without a row of the feed since the last reading counts as a change at this time.
 */
export const afterReading = (
  leven: Leven | undefined,
  { hashes, waarden, status }: Lezing,
  at: number,
  changed: (before: Uint8Array, now: Uint8Array) => readonly string[]
): Leven => {
  const known = leven ?? newborn(at, 'GELEZEN')
  const velden = known.hashes ? changed(known.hashes, hashes) : []
  const isKnownFromFeed = (known.gewijzigd ?? -Infinity) >= (known.gelezen ?? 0)
  return {
    ...(status === undefined ? known : withStatus(known, status, at)),
    gewijzigd: velden.length > 0 && !isKnownFromFeed ? at : known.gewijzigd,
    velden: velden.length > 0 ? velden : known.velden,
    hashes,
    gelezen: at,
    ...addWaarden(known, waarden, at),
    aangeraakt: at
  }
}
