import type { Answered } from '../../http/answered.ts'
import { methodLabel } from './labels.ts'
import type { Value } from './series.ts'

type Cell = { readonly door: string; readonly method: string; readonly status: number; count: number }

/**
 * Counts answers by door, route, method, status and consumer. The fast path sends tens of thousands of answers in a
 * second, so one costs two lookups and a short search, and builds no labels.
 */
export const createAnswerCounts = (consumerLabel: (name: string | undefined) => string) => {
  const byConsumer = new Map<string, Map<string, Cell[]>>()

  const cellsOf = (consumer: string, route: string): Cell[] => {
    const routes = byConsumer.get(consumer) ?? new Map<string, Cell[]>()
    const cells = routes.get(route) ?? []
    byConsumer.set(consumer, routes.set(route, cells))
    return cells
  }

  return {
    note: ({ door, route, method: given, status, consumer: name }: Answered) => {
      const consumer = consumerLabel(name)
      const method = methodLabel(given)
      const cells = byConsumer.get(consumer)?.get(route) ?? cellsOf(consumer, route)
      for (const cell of cells)
        if (cell.status === status && cell.method === method && cell.door === door) {
          cell.count += 1
          return
        }
      cells.push({ door, method, status, count: 1 })
    },
    values: (): readonly Value[] =>
      [...byConsumer].flatMap(([consumer, routes]) =>
        [...routes].flatMap(([route, cells]) =>
          cells.map(({ door, method, status, count: value }) => ({
            labels: { door, route, method, status: String(status), consumer },
            value
          }))
        )
      )
  }
}
