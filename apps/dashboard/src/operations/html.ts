import { htmlEscape } from 'escape-goat'

/** HTML that is safe to send: made by `html` alone. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Value = Html | readonly Html[] | string | number | null

/** HTML with values in it: text is escaped, HTML of our own is not, and null is nothing. Attributes need double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const parts = strings.map((string, index) => string + textOf(values[index] ?? null))
  return new Html(parts.join(''))
}

function textOf(value: Value): string {
  if (value === null) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(({ text }) => text).join('\n')
  return htmlEscape(String(value))
}
