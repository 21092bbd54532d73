/** The one value of a form field or query parameter; null when it is not there. A second goes into `mistakes`. */
export function singleValue(name: string, values: readonly string[], mistakes: string[]): string | null {
  if (values.length > 1) mistakes.push(`${name} is given more than once; give it once.`)
  return values[0] ?? null
}
