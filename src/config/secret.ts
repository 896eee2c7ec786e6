import { inspect } from 'node:util'

/** A secret: `reveal` returns its text. It is never printed or serialised, and throws when it is converted to text. */
export type Secret = { readonly reveal: () => string }

/** A secret of the settings. With `read` it comes from a file, which may be replaced while the gateway runs. */
export type SecretSource = {
  /** the setting that names it */
  readonly name: string
  readonly value: Secret
  /** reads the file again; undefined when it is empty or cannot be read */
  readonly read?: () => Secret | undefined
}

const texts = new WeakMap<object, string>()
const refuse = () => {
  throw new TypeError('A secret does not become text; call reveal() where it is sent.')
}
/** All secrets share their methods, and have no readable members. */
const methods = {
  reveal(this: object): string {
    return texts.get(this) ?? ''
  },
  toString: refuse,
  [Symbol.toPrimitive]: refuse,
  toJSON: () => '[secret]',
  [inspect.custom]: () => '[secret]'
}

/** Wraps a text, so that a log line, an error or a template cannot contain it by mistake. */
export const secretOf = (text: string): Secret => {
  const secret = Object.freeze(Object.create(methods) as typeof methods)
  texts.set(secret, text)
  return secret
}
