const root = new URL(document.documentElement.dataset.root ?? './', document.baseURI)

/** The URL of a path of the gateway. The page is at /graphiql and at /graphiql/, perhaps behind a path prefix. */
export const at = (path) => new URL(path, root)
