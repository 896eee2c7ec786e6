import ts from 'typescript'

/** An import of a file, with its specifier as written. */
export type Import = { from: string; isType: boolean }

/** Every import of a file: static, re-exporting, type-only, dynamic, and `import('…')` in a type. */
export const importsOf = (source: ts.SourceFile): Import[] => {
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, isType: boolean) => {
    if (specifier)
      found.push({
        from: ts.isStringLiteralLike(specifier) ? specifier.text : `(computed) ${specifier.getText(source)}`,
        isType
      })
  }
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node)) {
      const { importClause: clause } = node
      const named =
        clause?.namedBindings && ts.isNamedImports(clause.namedBindings) ? clause.namedBindings.elements : undefined
      const areTypes =
        clause?.name === undefined &&
        named !== undefined &&
        named.length > 0 &&
        named.every(({ isTypeOnly }) => isTypeOnly)
      add(node.moduleSpecifier, clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || areTypes)
    }
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument, true)
    if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference))
      add(node.moduleReference.expression, node.isTypeOnly)
    if (
      ts.isCallExpression(node) &&
      (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText(source) === 'require')
    )
      add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The lines of a file that read the environment: `process.env` in any notation, or imports from node:process. */
export const environmentReads = (source: ts.SourceFile): number[] => {
  const lines: number[] = []
  const visit = (node: ts.Node) => {
    const isMember =
      ts.isPropertyAccessExpression(node) &&
      node.expression.getText(source).endsWith('process') &&
      node.name.text === 'env'
    const isElement = ts.isElementAccessExpression(node) && node.expression.getText(source).endsWith('process')
    const isTaken = ts.isVariableDeclaration(node) && node.initializer?.getText(source).endsWith('process') === true
    const isImport =
      ts.isImportDeclaration(node) && /^(node:)?process$/.test((node.moduleSpecifier as ts.StringLiteral).text) // the grammar allows no other node here
    if (isMember || isElement || isTaken || isImport)
      lines.push(source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return lines
}

const isFunction = (node: ts.Expression | undefined): boolean =>
  node !== undefined &&
  (ts.isArrowFunction(node) ||
    ts.isFunctionExpression(node) ||
    ((ts.isParenthesizedExpression(node) || ts.isSatisfiesExpression(node) || ts.isAsExpression(node)) &&
      isFunction(node.expression)))

const isExported = (node: ts.Statement) =>
  ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true

type Later = { readonly name: string; readonly own: string; readonly isPassedOn: boolean }

/** The `export { … }` of a file: the exported name, the local name, and whether it comes from another file. */
const exportedLater = (source: ts.SourceFile): Later[] => {
  const imported = new Set(
    source.statements.flatMap((node) => {
      const bindings = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : undefined
      return bindings && ts.isNamedImports(bindings) ? bindings.elements.map(({ name }) => name.text) : []
    })
  )
  return source.statements.flatMap((node) =>
    ts.isExportDeclaration(node) && node.exportClause && ts.isNamedExports(node.exportClause)
      ? node.exportClause.elements.map(({ name, propertyName }) => {
          const own = (propertyName ?? name).text
          return { name: name.text, own, isPassedOn: node.moduleSpecifier !== undefined || imported.has(own) }
        })
      : []
  )
}

/**
 * The names that a file exports, values and types, each once; without its default export and re-exports under the same
 * name.
 */
export const exportedNames = (source: ts.SourceFile): ReadonlySet<string> =>
  new Set([
    ...exportedLater(source).flatMap(({ name, own, isPassedOn }) => (isPassedOn && name === own ? [] : [name])),
    ...source.statements.filter(isExported).flatMap((node) => {
      if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText(source))
      const { name } = node as ts.DeclarationStatement // all other statements that can be exported are declarations
      return name ? [name.getText(source)] : []
    })
  ])

/** The exported functions of a file that have no docblock. */
export const undocumented = (source: ts.SourceFile): string[] => {
  const later = new Set(exportedLater(source).map(({ own }) => own))
  const functions = source.statements.flatMap((node): { node: ts.Statement; name: string }[] => {
    if (ts.isFunctionDeclaration(node)) return [{ node, name: node.name?.text ?? 'default' }]
    if (ts.isExportAssignment(node) && isFunction(node.expression)) return [{ node, name: 'default' }]
    if (!ts.isVariableStatement(node)) return []
    return node.declarationList.declarations
      .filter(({ initializer }) => isFunction(initializer))
      .map(({ name }) => ({ node, name: name.getText(source) }))
  })
  return functions
    .filter(({ node, name }) => ts.isExportAssignment(node) || isExported(node) || later.has(name))
    .filter(({ node }) => !ts.getJSDocCommentsAndTags(node).some(ts.isJSDoc))
    .map(({ name }) => name)
}
