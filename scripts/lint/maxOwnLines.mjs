const functions = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']

const within = (node, visitorKeys) =>
  (visitorKeys[node.type] ?? []).flatMap((key) => [node[key]].flat()).filter((child) => child?.type !== undefined)

/** The bodies of the functions inside a node, those of functions inside these left out: their lines are the same ones. */
const innerBodies = (node, visitorKeys) =>
  within(node, visitorKeys).flatMap((child) =>
    functions.includes(child.type) ? [child.body] : innerBodies(child, visitorKeys)
  )

const linesOf = ({ loc }) => loc.end.line - loc.start.line + 1

/**
 * Bounds the lines of a function without those inside the bodies of its inner functions, which are counted on their own.
 * ESLint's `max-lines-per-function` counts them twice, so it would forbid every factory that returns a few functions.
 */
export const maxOwnLines = {
  meta: {
    type: 'suggestion',
    docs: { description: 'Bound the lines of a function, without the bodies of its inner functions' },
    schema: [{ type: 'integer', minimum: 1 }],
    messages: { tooLong: 'This function has {{count}} lines of its own, more than {{max}}: split it.' }
  },
  create: ({ options: [max = 60], report, sourceCode }) => {
    const check = (node) => {
      const inner = innerBodies(node, sourceCode.visitorKeys).map((body) => Math.max(0, linesOf(body) - 2))
      const count = inner.reduce((left, lines) => left - lines, linesOf(node))
      if (count > max) report({ node, messageId: 'tooLong', data: { count: `${count}`, max: `${max}` } })
    }
    return Object.fromEntries(functions.map((type) => [type, check]))
  }
}
