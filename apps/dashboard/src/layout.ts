import { htmlEscape } from 'escape-goat'
import type { SignedIn } from './signed-in.ts'

/** The parts of the dashboard, as its navigation has them. */
const PARTS = [
  { part: 'operations', path: '/operations', label: 'Operations' },
  { part: 'queues', path: '/queues', label: 'Queues' },
  { part: 'audit', path: '/audit', label: 'Audit' },
] as const

export interface LayoutOptions {
  readonly title: string
  /** The part that the page belongs to. */
  readonly active: (typeof PARTS)[number]['part']
  readonly signedIn: SignedIn
}

/**
 * A whole page of the dashboard for somebody who has signed in. Its stylesheet and script come from `assets()`; it
 * says everything without the script.
 *
 * @param bodyHtml what follows the heading; HTML, already escaped
 */
export function layout({ title, active, signedIn }: LayoutOptions, bodyHtml: string): string {
  const links = PARTS.map(
    ({ part, path, label }) => `<a href="${path}"${part === active ? ' aria-current="true"' : ''}>${label}</a>`,
  )
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${htmlEscape(title)} – Muster</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/dashboard.css">
<script src="/assets/refresh.js" type="module"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<nav aria-label="Dashboard">
<strong>Muster</strong>
${links.join('\n')}
</nav>
<form method="post" action="/sign-out">
<input type="hidden" name="_csrf" value="${htmlEscape(signedIn.csrf)}">
<span class="who">${htmlEscape(signedIn.name)} <small>(${signedIn.role})</small></span>
<button>Sign out</button>
</form>
</header>
<main id="main" tabindex="-1">
<h1>${htmlEscape(title)}</h1>
${bodyHtml}
</main>
</body>
</html>
`
}
