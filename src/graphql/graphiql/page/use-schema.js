import { useEffect, useState } from 'react'
import { loadSchema } from './schema.js'

/**
 * The schema for a key, and why there is none. The schema is null until it has arrived: with undefined, GraphiQL would
 * introspect. `onRefused` gets the words of a 401.
 */
export const useSchema = (key, onRefused) => {
  const [state, setState] = useState({ schema: null })
  useEffect(() => {
    setState({ schema: null })
    if (!key) return undefined
    const controller = new AbortController()
    loadSchema(key, controller.signal).then(
      (schema) => setState({ schema }),
      (error) => {
        if (controller.signal.aborted) return
        if (error.isRefused) onRefused(key, error.message)
        else setState({ schema: null, problem: error.message })
      }
    )
    return () => controller.abort()
  }, [key])
  return state
}
