/** One line of the metrics. */
export type Sample = {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const line = /^(\w+)(?:\{(.*)\})? (\S+)$/
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g

/** The samples in a response of /metrics. Throws for an invalid line. */
export const samplesIn = (text: string): readonly Sample[] =>
  text
    .split('\n')
    .filter((one) => one !== '' && !one.startsWith('#'))
    .map((one) => {
      const [, name = '', labels = '', value] = line.exec(one) ?? []
      if (name === '') throw new Error(`no line of metrics: ${one}`)
      const pairs = [...labels.matchAll(label)].map(([, key = '', text = '']) => [key, text] as const)
      return { name, labels: Object.fromEntries(pairs), value: Number(value) }
    })

/** All metrics of a gateway. */
export const scrape = async (url: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${url}/metrics`, { headers })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${response.status} ${text}`)
  const samples = samplesIn(text)
  return {
    text,
    samples,
    /** The sum of the lines with these labels. */
    sum: (name: string, labels: Readonly<Record<string, string>> = {}): number =>
      samples
        .filter((one) => one.name === `vdab_gateway_${name}`)
        .filter((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value))
        .reduce((total, { value }) => total + value, 0)
  }
}
