import { htmlEscape } from 'escape-goat'
/** A page of our own: no script, nothing from elsewhere. `body` is HTML. */
export function page(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${htmlEscape(title)} – Muster</title>
<style>
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center }
main { width: min(22rem, 90vw) }
label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit }
input { margin: .25rem 0 1rem; padding: .5rem; border: 1px solid GrayText; border-radius: .25rem }
button { padding: .6rem; border: 0; border-radius: .25rem; background: #1f4fbf; color: #fff; cursor: pointer }
:focus-visible { outline: 3px solid #f5a623; outline-offset: 2px }
[role=alert] { border-left: 4px solid #c0392b; padding: .25rem .75rem }
</style>
</head>
<body>
<main>
<h1>${htmlEscape(title)}</h1>
${body}
</main>
</body>
</html>
`
}
