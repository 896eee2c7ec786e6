import type { State } from './database.ts'

const create = 'CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID'

/** Single values of the database by name, such as a position in a feed. */
export const createKept = (state: State) => {
  state.define(create)
  return {
    get: (name: string): string | undefined => {
      const value = state.get('SELECT value FROM kept WHERE name = ?', name)?.['value']
      return typeof value === 'string' ? value : undefined
    },
    set: (name: string, value: string) => {
      state.run('INSERT INTO kept VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', name, value)
    },
    remove: (name: string) => void state.run('DELETE FROM kept WHERE name = ?', name)
  }
}

export type Kept = ReturnType<typeof createKept>
