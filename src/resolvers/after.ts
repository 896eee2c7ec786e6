/** Goes on with a value: at once where it is there, for a promise that needs none costs more than the work. */
export const after = <T, R>(value: T | Promise<T>, next: (value: T) => R): R | Promise<Awaited<R>> =>
  value instanceof Promise ? (value.then(next) as Promise<Awaited<R>>) : next(value) // what `then` gives is awaited
