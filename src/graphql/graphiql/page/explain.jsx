const seconds = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : ms < 120_000 ? `${Math.round(ms / 1000)} s` : minutes(ms))
const minutes = (ms) => (ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`)

/** A table with a caption; a column is its title and what it shows of a row. */
const Table = ({ title, rows, columns }) =>
  rows.length > 0 && (
    <table>
      <caption>{title}</caption>
      <thead>
        <tr>
          {columns.map(([name]) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            {columns.map(([name, show]) => (
              <td key={name}>{show(row)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )

const State = ({ state }) => <span className={`state ${state}`}>{state}</span>
const Path = ({ pad }) => (
  <code>
    {pad === ''
      ? '(whole answer)'
      : pad.split('.').map((name, index) => (
          <span key={index}>
            {index > 0 && '.'}
            <wbr />
            {name}
          </span>
        ))}
  </code>
)

const lookUps = [
  ['Part', ({ pad }) => <Path pad={pad} />],
  ['From', ({ endpoint, layer }) => [endpoint, layer].filter(Boolean).join(', ')],
  ['State', ({ state }) => <State state={state} />],
  ['Times', ({ count }) => count],
  ['Age', ({ oldestMs }) => seconds(oldestMs)],
  ['Fresh for', ({ freshForMs }) => seconds(freshForMs)],
  ['Calls', ({ calls = [] }) => calls.join(', ')]
]
const calls = [
  ['Call', ({ number }) => number],
  ['Endpoint', ({ endpoint, method }) => `${method} ${endpoint}`],
  ['Status', ({ status, code }) => code ?? status],
  ['Took', ({ ms }) => seconds(ms)],
  ['Waited', ({ waitedMs }) => seconds(waitedMs)],
  ['Ids', ({ ids = 1 }) => ids],
  ['Paid by', ({ isOwn }) => (isOwn ? 'this request' : 'another')],
  ['Shared with', ({ sharedWith }) => sharedWith]
]
const why = { SCOPE: 'needs', SHAPE: 'its value does not fit the schema', NO_PERSON: 'it names no person' }
const hidden = [
  ['Hidden', ({ pad }) => <Path pad={pad} />],
  ['Why', ({ reason, scope }) => [why[reason] ?? reason, scope].filter(Boolean).join(' ')]
]
const failed = [
  ['Failed', ({ pad }) => <Path pad={pad} />],
  ['Code', ({ code }) => code]
]
const parts = [
  ['Part', ({ pad }) => <Path pad={pad} />],
  ['Price', ({ price }) => price]
]

const wordsForKept = ({ ageMs, freshForMs }) =>
  `Without Explain, it comes whole from the cache: ${seconds(ageMs)} old, fresh for ${seconds(freshForMs)}.`

const Summary = ({ steps, keptAnswer, calls: made }) => {
  const own = made.filter(({ isOwn }) => isOwn).length
  return (
    <ul>
      <li>
        {own === 0 ? 'No call' : own === 1 ? '1 call' : `${own} calls`} to VDAB of its own
        {made.length > own && `, ${made.length - own} shared`}
      </li>
      <li>
        {steps.readMs !== undefined && `document ${steps.readMs} ms${steps.isKnownDocument ? ' (read before)' : ''}, `}
        execution {steps.executeMs} ms, audit {steps.auditMs} ms
      </li>
      <li>{keptAnswer ? wordsForKept(keptAnswer) : 'The cache keeps no whole answer.'}</li>
    </ul>
  )
}

const wordsFor = (answer) => {
  if (answer === undefined) return 'Run an operation to see how its answer is made.'
  const [first] = answer.errors ?? []
  if (first?.extensions?.code === 'FORBIDDEN') return 'Only a key with the scope beheer may see this.'
  return 'This answer has no explanation: it was refused as a whole.'
}

/** How the last answer was made, beside it. */
export const ExplainPane = ({ answer, operation }) => {
  const explain = answer?.extensions?.explain
  return (
    <aside className="explain" aria-label="Explanation">
      <h2>How {operation ? `the answer to ${operation}` : 'this answer'} was made</h2>
      {explain ? (
        <>
          <Summary {...explain} />
          <Table title="Parts by cache state" rows={explain.lookUps} columns={lookUps} />
          <Table title="Calls to VDAB" rows={explain.calls} columns={calls} />
          <Table title="Hidden" rows={explain.hidden} columns={hidden} />
          <Table title="Failed" rows={explain.failed} columns={failed} />
          <Table title={`Price: ${explain.cost.price}`} rows={explain.cost.parts} columns={parts} />
        </>
      ) : (
        <p>{wordsFor(answer)}</p>
      )}
    </aside>
  )
}
