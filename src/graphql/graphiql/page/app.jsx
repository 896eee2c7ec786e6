import { useEffect, useMemo, useRef, useState } from 'react'
import { GraphiQL } from 'graphiql'
import { Bar } from './bar.jsx'
import { createFetcher } from './fetcher.js'
import { KeyForm } from './key-form.jsx'
import { session } from './session.js'
import { createStorage } from './storage.js'
import { defaultTabs } from './tabs.js'

/** The page. Without a key it does not render GraphiQL, which would fetch the schema. */
export const App = ({ simulator, demoKey = '', demoKeys = [], demoDoel = '' }) => {
  const [access, setAccess] = useState({ key: session.get('key') || demoKey })
  const doel = useRef(session.get('doel') || demoDoel)
  const storage = useMemo(() => createStorage(simulator ? 'simulator' : 'vdab'), [simulator])
  const tabs = useMemo(() => defaultTabs({ simulator }), [simulator])

  useEffect(() => session.set('key', access.key), [access.key])

  const take = (key) => setAccess({ key })
  const ask = () => setAccess({ ...access, asking: true })
  const name = (text) => {
    doel.current = text
    session.set('doel', text)
  }
  const fetcher = useMemo(() => {
    // A late response to an earlier key does not concern the current key.
    const onRefused = (problem) => setAccess((now) => (now.key === access.key ? { key: '', problem } : now))
    return createFetcher({ key: access.key, getDoel: () => doel.current, onRefused })
  }, [access.key])
  return (
    <>
      <Bar
        {...{ simulator, demoKeys, accessKey: access.key, onKey: take, onAsk: ask, doel: doel.current, onDoel: name }}
      />
      <main>
        {(access.asking || !access.key) && (
          <KeyForm
            {...{ demoKeys, problem: access.problem, onKey: take, onKeep: access.key && (() => take(access.key)) }}
          />
        )}
        {access.key && (
          <div className="workplace" hidden={access.asking}>
            <GraphiQL
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
          </div>
        )}
      </main>
    </>
  )
}
