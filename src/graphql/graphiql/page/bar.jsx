import { useId, useState } from 'react'
import { DemoChange } from './demo.jsx'
import { headerProblem, masked } from './session.js'

const other = 'other'
const another = 'another'

const KeyChoice = ({ accessKey, demoKeys, onKey, onAsk }) => {
  const id = useId()
  return (
    <span className="field">
      <label htmlFor={id}>Key</label>
      <select
        id={id}
        value={demoKeys.includes(accessKey) ? accessKey : other}
        onChange={({ target }) => (target.value === another ? onAsk() : onKey(target.value))}
      >
        {demoKeys.map((key) => (
          <option key={key}>{key}</option>
        ))}
        {!demoKeys.includes(accessKey) && <option value={other}>{masked(accessKey)}</option>}
        <option value={another}>another key…</option>
      </select>
    </span>
  )
}

const KeyInUse = ({ accessKey, onAsk }) => (
  <>
    <span>
      Key{' '}
      <code className="masked" title="The key in use, masked">
        {masked(accessKey)}
      </code>
    </span>
    <button type="button" onClick={onAsk}>
      Change key
    </button>
  </>
)

const Doel = ({ doel, onDoel }) => {
  const id = useId()
  const [problem, setProblem] = useState()
  const change = ({ target }) => {
    const wrong = headerProblem(target.value)
    setProblem(wrong)
    if (!wrong) onDoel(target.value.trim())
  }
  return (
    <span className="field">
      <label htmlFor={id}>Purpose</label>
      <input
        id={id}
        defaultValue={doel}
        onChange={change}
        placeholder="why you read CVs"
        spellCheck={false}
        maxLength={200}
        aria-invalid={problem ? true : undefined}
        title={problem ?? 'Sent as x-doel: who reads CVs says what for'}
      />
    </span>
  )
}

/** The bar above GraphiQL: the source of the data, the current key, the purpose. */
export const Bar = ({
  simulator,
  canChange,
  demoKeys,
  accessKey,
  onKey,
  onAsk,
  doel,
  onDoel,
  isExplaining,
  onExplain
}) => (
  <header className="bar">
    <a href="./">
      <strong>VDAB gateway</strong>
    </a>
    {simulator && <span className="badge">Simulator: invented data</span>}
    <span className="space" />
    {canChange && accessKey && <DemoChange accessKey={accessKey} />}
    {accessKey ? (
      <>
        <button
          type="button"
          aria-pressed={isExplaining}
          onClick={onExplain}
          title="Asks how each answer is made: calls, cache, hidden fields, price"
        >
          Explain
        </button>
        <Doel doel={doel} onDoel={onDoel} />
        {demoKeys.length > 0 ? (
          <KeyChoice {...{ accessKey, demoKeys, onKey, onAsk }} />
        ) : (
          <KeyInUse {...{ accessKey, onAsk }} />
        )}
      </>
    ) : (
      <span className="quiet">No key in use</span>
    )}
  </header>
)
