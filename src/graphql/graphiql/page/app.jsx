import { useEffect, useMemo, useRef, useState } from 'react'
import { GraphiQL } from 'graphiql'
import { Bar } from './bar.jsx'
import { ExplainPane } from './explain.jsx'
import { createFetcher } from './fetcher.js'
import { KeyForm } from './key-form.jsx'
import { session } from './session.js'
import { createStorage } from './storage.js'
import { defaultTabs, linkedOperation } from './tabs.js'
import { useSchema } from './use-schema.js'

/** The page. Without a key it does not render GraphiQL, which would fetch the schema. */
export const App = ({ simulator, canChange = false, demoKey = '', demoKeys = [], demoDoel = '' }) => {
  const [access, setAccess] = useState({ key: session.get('key') || demoKey })
  const doel = useRef(session.get('doel') || demoDoel)
  const explaining = useRef(false)
  const [explanation, setExplanation] = useState({ isOn: false })
  const storage = useMemo(() => createStorage(simulator ? 'simulator' : 'vdab'), [simulator])
  const tabs = useMemo(() => defaultTabs({ simulator }), [simulator])

  useEffect(() => session.set('key', access.key), [access.key])

  const take = (key) => setAccess({ key })
  const ask = () => setAccess({ ...access, asking: true })
  const name = (text) => {
    doel.current = text
    session.set('doel', text)
  }
  const explain = () => {
    explaining.current = !explaining.current
    setExplanation({ isOn: explaining.current })
  }
  // A late response to an earlier key does not concern the current key.
  const refuse = (key, problem) => setAccess((now) => (now.key === key ? { key: '', problem } : now))
  const fetcher = useMemo(
    () =>
      createFetcher({
        key: access.key,
        getDoel: () => doel.current,
        onRefused: (problem) => refuse(access.key, problem),
        isExplaining: () => explaining.current,
        onExplained: (answer, operation) => setExplanation((now) => ({ ...now, answer, operation }))
      }),
    [access.key]
  )
  const linked = useMemo(() => linkedOperation(location.search), [])
  const { schema, problem } = useSchema(access.key, refuse)
  return (
    <>
      <Bar
        {...{
          simulator,
          canChange,
          demoKeys,
          accessKey: access.key,
          onKey: take,
          onAsk: ask,
          doel: doel.current,
          onDoel: name,
          isExplaining: explanation.isOn,
          onExplain: explain
        }}
      />
      <main>
        {(access.asking || !access.key) && (
          <KeyForm
            {...{ demoKeys, problem: access.problem, onKey: take, onKeep: access.key && (() => take(access.key)) }}
          />
        )}
        {access.key && (
          <div className="workplace" hidden={access.asking}>
            {problem && (
              <p className="problem" role="alert">
                The schema could not be read, so there is no documentation and no completion: {problem}
              </p>
            )}
            <div className="bench">
              <GraphiQL
                {...linked}
                schema={schema}
                fetcher={fetcher}
                storage={storage}
                defaultTabs={tabs}
                defaultQuery=""
                shouldPersistHeaders={false}
                showPersistHeadersSettings={false}
                inputValueDeprecation
                schemaDescription
              >
                <GraphiQL.Logo>
                  <span className="logo">GraphiQL</span>
                </GraphiQL.Logo>
              </GraphiQL>
              {explanation.isOn && <ExplainPane {...explanation} />}
            </div>
          </div>
        )}
      </main>
    </>
  )
}
