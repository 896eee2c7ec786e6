/** One server-sent event; a comment has no name and no data. */
export type ServerEvent = {
  readonly event: string
  readonly id: string
  readonly data: unknown
  readonly retry: string | undefined
  readonly comment: boolean
}

const parse = (block: string): ServerEvent => {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2)
  const data = field('data')
  return {
    event: field('event') ?? '',
    id: field('id') ?? '',
    data: data === undefined ? undefined : JSON.parse(data),
    retry: field('retry'),
    comment: block.startsWith(':')
  }
}

/** The events of a URL as they arrive; throws on another kind of answer. */
export async function* eventsAt(
  url: string,
  {
    headers = {},
    signal,
    key = 'demo-beheer'
  }: { headers?: Record<string, string>; signal?: AbortSignal; key?: string } = {}
): AsyncGenerator<ServerEvent, void, void> {
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', 'x-api-key': key, ...headers },
    ...(signal ? { signal } : {})
  })
  if (response.status !== 200 || !response.body) throw new Error(`${response.status} ${await response.text()}`)
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    // Node's streams are iterable, the DOM's types are not
    text += decoder.decode(chunk, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) yield parse(block)
  }
}
