const withoutHeaders = (value) => {
  try {
    return JSON.stringify(JSON.parse(value), (name, part) => (name === 'headers' ? undefined : part))
  } catch {
    return value
  }
}

/**
 * What GraphiQL may keep between visits: tabs, queries, history, the layout. Never a header, for a key can be in it:
 * GraphiQL's history writes them to localStorage even when told not to persist headers.
 */
export const createStorage = (scope, storage = localStorage) => {
  const prefix = `vdab-gateway:${scope}:`
  const ours = () => Object.keys(storage).filter((name) => name.startsWith(prefix))
  return {
    getItem: (name) => storage.getItem(prefix + name),
    removeItem: (name) => storage.removeItem(prefix + name),
    setItem: (name, value) => {
      if (!name.endsWith(':headers')) storage.setItem(prefix + name, withoutHeaders(value))
    },
    clear: () => ours().forEach((name) => storage.removeItem(name)),
    get length() {
      return ours().length
    }
  }
}
