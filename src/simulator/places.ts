/** A municipality. Every postcode occurs once, so that it identifies the municipality. */
export type Place = {
  postcode: string
  gemeente: string
  landCode: string
  regioCode: string
  latitude: number
  longitude: number
}

const rows: readonly (readonly [
  postcode: string,
  gemeente: string,
  regioCode: string,
  latitude: number,
  longitude: number
])[] = [
  ['1000', 'BRUSSEL', 'BE1', 50.8466, 4.3528],
  ['1070', 'ANDERLECHT', 'BE1', 50.8333, 4.3072],
  ['1030', 'SCHAARBEEK', 'BE1', 50.8676, 4.3737],
  ['1180', 'UKKEL', 'BE1', 50.8011, 4.3372],
  ['1500', 'HALLE', 'BE241', 50.7339, 4.2345],
  ['1600', 'SINT-PIETERS-LEEUW', 'BE241', 50.7792, 4.2443],
  ['1700', 'DILBEEK', 'BE241', 50.8473, 4.2597],
  ['1730', 'ASSE', 'BE241', 50.9101, 4.1984],
  ['1740', 'TERNAT', 'BE241', 50.8666, 4.1668],
  ['1770', 'LIEDEKERKE', 'BE241', 50.8689, 4.0874],
  ['1800', 'VILVOORDE', 'BE241', 50.9282, 4.4245],
  ['1830', 'MACHELEN', 'BE241', 50.9107, 4.4417],
  ['1930', 'ZAVENTEM', 'BE241', 50.8837, 4.4733],
  ['2000', 'ANTWERPEN', 'BE211', 51.2199, 4.4003],
  ['2018', 'ANTWERPEN', 'BE211', 51.2033, 4.4111],
  ['2030', 'ANTWERPEN', 'BE211', 51.2649, 4.3789],
  ['2100', 'DEURNE', 'BE211', 51.2213, 4.4651],
  ['2170', 'MERKSEM', 'BE211', 51.2465, 4.4467],
  ['2200', 'HERENTALS', 'BE213', 51.1766, 4.8364],
  ['2300', 'TURNHOUT', 'BE213', 51.3226, 4.9447],
  ['2400', 'MOL', 'BE213', 51.1913, 5.1163],
  ['2440', 'GEEL', 'BE213', 51.1619, 4.9903],
  ['2500', 'LIER', 'BE212', 51.1313, 4.5704],
  ['2600', 'BERCHEM', 'BE211', 51.1903, 4.4306],
  ['2800', 'MECHELEN', 'BE212', 51.0257, 4.4776],
  ['2850', 'BOOM', 'BE211', 51.0874, 4.3667],
  ['2920', 'KALMTHOUT', 'BE211', 51.3842, 4.4757],
  ['3000', 'LEUVEN', 'BE242', 50.8798, 4.7005],
  ['3200', 'AARSCHOT', 'BE242', 50.9842, 4.8365],
  ['3290', 'DIEST', 'BE242', 50.9845, 5.0506],
  ['3300', 'TIENEN', 'BE242', 50.8074, 4.9378],
  ['3500', 'HASSELT', 'BE221', 50.9307, 5.3325],
  ['3600', 'GENK', 'BE221', 50.9655, 5.5008],
  ['3630', 'MAASMECHELEN', 'BE223', 50.9656, 5.6945],
  ['3680', 'MAASEIK', 'BE222', 51.0983, 5.7836],
  ['3700', 'TONGEREN', 'BE223', 50.7805, 5.4649],
  ['3800', 'SINT-TRUIDEN', 'BE221', 50.8162, 5.1864],
  ['3900', 'PELT', 'BE222', 51.2256, 5.4247],
  ['8000', 'BRUGGE', 'BE251', 51.2093, 3.2247],
  ['8300', 'KNOKKE-HEIST', 'BE251', 51.3475, 3.2887],
  ['8400', 'OOSTENDE', 'BE255', 51.2258, 2.9195],
  ['8500', 'KORTRIJK', 'BE254', 50.8279, 3.2649],
  ['8600', 'DIKSMUIDE', 'BE252', 51.0333, 2.864],
  ['8630', 'VEURNE', 'BE258', 51.0723, 2.6622],
  ['8700', 'TIELT', 'BE257', 51.0006, 3.3257],
  ['8790', 'WAREGEM', 'BE254', 50.8886, 3.4276],
  ['8800', 'ROESELARE', 'BE256', 50.9466, 3.1227],
  ['8900', 'IEPER', 'BE253', 50.851, 2.8857],
  ['9000', 'GENT', 'BE234', 51.0543, 3.7174],
  ['9040', 'SINT-AMANDSBERG', 'BE234', 51.058, 3.751],
  ['9100', 'SINT-NIKLAAS', 'BE236', 51.1651, 4.1437],
  ['9160', 'LOKEREN', 'BE236', 51.1036, 3.993],
  ['9200', 'DENDERMONDE', 'BE232', 51.0286, 4.1011],
  ['9300', 'AALST', 'BE231', 50.9378, 4.0403],
  ['9400', 'NINOVE', 'BE231', 50.8346, 4.0266],
  ['9500', 'GERAARDSBERGEN', 'BE231', 50.773, 3.8819],
  ['9600', 'RONSE', 'BE235', 50.7475, 3.6001],
  ['9700', 'OUDENAARDE', 'BE235', 50.844, 3.6048],
  ['9800', 'DEINZE', 'BE234', 50.9822, 3.5303],
  ['9900', 'EEKLO', 'BE233', 51.1853, 3.5657],
  ['1300', 'WAVER', 'BE31', 50.717, 4.6117],
  ['4000', 'LUIK', 'BE33', 50.6412, 5.5718],
  ['5000', 'NAMEN', 'BE35', 50.4669, 4.8675],
  ['7500', 'DOORNIK', 'BE32', 50.6056, 3.3878],
  ['7700', 'MOESKROEN', 'BE32', 50.7441, 3.215]
]

const abroad: readonly Place[] = [
  { postcode: '4811 DL', gemeente: 'BREDA', landCode: 'NL', regioCode: 'NL411', latitude: 51.5866, longitude: 4.7759 },
  {
    postcode: '6211 LE',
    gemeente: 'MAASTRICHT',
    landCode: 'NL',
    regioCode: 'NL423',
    latitude: 50.8514,
    longitude: 5.691
  },
  { postcode: '59000', gemeente: 'LILLE', landCode: 'FR', regioCode: 'FRE11', latitude: 50.6292, longitude: 3.0573 },
  { postcode: '52062', gemeente: 'AACHEN', landCode: 'DE', regioCode: 'DEA2D', latitude: 50.7753, longitude: 6.0839 },
  {
    postcode: 'L-1471',
    gemeente: 'LUXEMBOURG',
    landCode: 'LU',
    regioCode: 'LU000',
    latitude: 49.5975,
    longitude: 6.1316
  }
]

/** The Belgian municipalities of the world: most of them Flemish, some in Brussels and Wallonia. */
export const belgian: readonly Place[] = rows.map(([postcode, gemeente, regioCode, latitude, longitude]) => ({
  postcode,
  gemeente,
  landCode: 'BE',
  regioCode,
  latitude,
  longitude
}))

/** Every municipality, a few of them outside Belgium. */
export const places: readonly Place[] = [...belgian, ...abroad]

const radians = (degrees: number) => (degrees * Math.PI) / 180

const kilometres = (one: Place, other: Place) => {
  const height = Math.sin(radians(other.latitude - one.latitude) / 2) ** 2
  const width = Math.sin(radians(other.longitude - one.longitude) / 2) ** 2
  const flat = Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude))
  return 2 * 6371 * Math.asin(Math.sqrt(height + flat * width))
}

/** The given postcodes, and all postcodes within a distance in kilometres. */
export const around = (postcodes: readonly string[], afstand: number) => {
  const centres = places.filter(({ postcode }) => postcodes.includes(postcode))
  const near = places.filter((place) => centres.some((centre) => kilometres(centre, place) <= afstand))
  return [...new Set([...postcodes, ...near.map(({ postcode }) => postcode)])]
}
