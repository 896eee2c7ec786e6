/** The names in braces of a URL template, such as `id` in `https://jobs.example/{id}`. */
export const namesInTemplate = (template: string): readonly string[] =>
  [...template.matchAll(/\{(\w*)\}/g)].map(([, name = '']) => name)

/** Fills the names in braces, percent-encoded; undefined when one of them has no value. */
export const fillTemplate = (
  template: string,
  values: Readonly<Record<string, string | undefined>>
): string | undefined => {
  const isComplete = namesInTemplate(template).every((name) => values[name] !== undefined)
  return isComplete
    ? template.replace(/\{(\w*)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
    : undefined
}
