const prefix = 'vdab-gateway:'

/** Storage for the lifetime of the browser tab: the key and the purpose. */
export const session = {
  get: (name) => sessionStorage.getItem(prefix + name) ?? '',
  set: (name, value) =>
    value ? sessionStorage.setItem(prefix + name, value) : sessionStorage.removeItem(prefix + name)
}

/** The last characters of a key, to recognise it by. */
export const masked = (key) => '••••' + (key.length >= 16 ? key.slice(-4) : '')

/** Why a text cannot be sent as a header value, undefined if it can. */
export const headerProblem = (text) =>
  /^[\x20-\x7e]*$/.test(text)
    ? undefined
    : 'Use plain letters, digits and punctuation only: this is sent as an HTTP header.'
