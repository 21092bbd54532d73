import { createHash } from 'node:crypto'
import { htmlEscape } from 'escape-goat'
import type { Answer } from '../route.ts'

const STYLE = `
body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 0 auto; padding: 2rem 1.25rem; color: #1c2733; background: #fff }
h1 { font-size: 1.5rem; line-height: 1.25 }
button { font: inherit; font-weight: 600; width: 100%; padding: .9rem 1rem; border: 0; border-radius: .6rem; color: #fff; background: #1f3a5f }
button:focus-visible { outline: 3px solid #d98200; outline-offset: 2px }
@media (prefers-color-scheme: dark) { body { color: #e8edf3; background: #12181f } button { color: #12181f; background: #a9c4ea } }
`

/** Nothing is loaded from anywhere. The form's answer for Google leads there, which browsers count as the form's doing. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self' https://pay.google.com",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

interface Page {
  readonly title: string
  readonly paragraphs: readonly string[]
  /** What a button says that sends a POST to the page's own address; null for no button. */
  readonly button: string | null
}

/** A page for a phone, in plain HTML and without scripts. All its texts are escaped. */
export function page(status: number, { title, paragraphs, button }: Page): Answer {
  const form = button === null ? '' : `<form method="post"><button>${htmlEscape(button)}</button></form>\n`
  const [first = '', ...others] = paragraphs.map((paragraph) => `<p>${htmlEscape(paragraph)}</p>\n`)
  return {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': POLICY,
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
      'X-Robots-Tag': 'noindex',
    },
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${htmlEscape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${htmlEscape(title)}</h1>
${first}${form}${others.join('')}</main>
</body>
</html>
`,
  }
}
