import { useState } from 'react'
import { at } from './root.js'

const address = at('graphiql/demo/wijziging')

/** The button that changes a vacancy of the simulator, so that a subscription gets an event. */
export const DemoChange = ({ accessKey }) => {
  const [words, setWords] = useState('')
  const change = async () => {
    setWords('Changing…')
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: { 'x-api-key': accessKey },
        credentials: 'omit'
      })
      const answer = await response.json()
      setWords(response.ok ? `Changed: ${answer.functieTitel}` : (answer.detail ?? answer.title))
    } catch {
      setWords('The gateway cannot be reached.')
    }
  }
  return (
    <span className="field">
      <button type="button" onClick={change} title="A running subscription to vacatureGewijzigd shows it">
        Change a vacancy
      </button>
      <output className="quiet">{words}</output>
    </span>
  )
}
