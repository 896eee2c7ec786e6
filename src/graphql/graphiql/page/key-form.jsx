import { useId, useState } from 'react'
import { headerProblem } from './session.js'

/** The form for a key. `problem` is why the last key was refused; `onKeep` is set when there is a current key. */
export const KeyForm = ({ demoKeys, problem, onKey, onKeep }) => {
  const id = useId()
  const [invalid, setInvalid] = useState()
  const message = invalid ?? problem
  const submit = (event) => {
    event.preventDefault()
    const key = new FormData(event.currentTarget).get('key').trim()
    const wrong = headerProblem(key)
    setInvalid(wrong)
    if (key && !wrong) onKey(key)
  }
  return (
    <section className="key-form" aria-labelledby={`${id}-title`}>
      <form onSubmit={submit} autoComplete="off">
        <h1 id={`${id}-title`}>Which key do you want to use?</h1>
        <p id={`${id}-words`}>
          The gateway answers consumers that show their key. It goes to this gateway only, in <code>x-api-key</code>,
          and stays in this browser tab&rsquo;s session: close the tab and it is gone. It is not kept in the
          browser&rsquo;s lasting storage.
        </p>
        {message && (
          <p className="problem" role="alert">
            {message}
          </p>
        )}
        <label htmlFor={id}>API key</label>
        <div className="row">
          <input
            id={id}
            name="key"
            type="password"
            required
            autoFocus
            spellCheck={false}
            autoComplete="off"
            aria-describedby={`${id}-words`}
            aria-invalid={message ? true : undefined}
          />
          <button type="submit" className="primary">
            Use this key
          </button>
        </div>
        {onKeep && (
          <div className="row quiet">
            <button type="button" onClick={onKeep}>
              Keep the key in use
            </button>
            <button type="button" onClick={() => onKey('')}>
              Forget it
            </button>
          </div>
        )}
        {demoKeys.length > 0 && (
          <p className="demo-keys">
            Demo keys of the simulator:{' '}
            {demoKeys.map((key) => (
              <button key={key} type="button" onClick={() => onKey(key)}>
                {key}
              </button>
            ))}
          </p>
        )}
      </form>
    </section>
  )
}
