const field = (event, name) =>
  event
    .split('\n')
    .filter((line) => line.startsWith(`${name}:`))
    .map((line) => line.slice(name.length + 1).trim())
    .join('\n')

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const complete = (text + part.value).replaceAll('\r\n', '\n').split('\n\n')
    text = complete.pop()
    for (const event of complete) {
      if (field(event, 'event') === 'complete') return
      if (field(event, 'data')) yield JSON.parse(field(event, 'data'))
    }
  }
}

/**
 * A subscription over server-sent events (graphql-sse, distinct connections). `return` closes the connection at once;
 * the `return` of a generator waits for the next event.
 */
export const eventStream = (open, read) => {
  const controller = new AbortController()
  const run = async function* () {
    try {
      const response = await open(controller.signal)
      if (response.headers.get('content-type')?.startsWith('text/event-stream')) yield* events(response)
      else yield await read(response)
    } catch (error) {
      if (!controller.signal.aborted) throw error
    }
  }
  const results = run()
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: () => results.next(),
    return: () => {
      controller.abort()
      return results.return()
    }
  }
}
