const withoutHeaders = (value) => {
  try {
    return JSON.stringify(JSON.parse(value), (name, part) => (name === 'headers' ? undefined : part))
  } catch {
    return value
  }
}

/**
 * Storage between visits: tabs, queries, history, layout. Headers are removed, since they may contain a key: GraphiQL's
 * history writes them to localStorage even with `shouldPersistHeaders={false}`.
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
