import { createReadStream } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Answer, PublicRequest, RouteDescription } from '../dialects/route.ts'
import { Refusal } from '../refusal.ts'

const SWAGGER_UI = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')))

/** The script that starts Swagger UI: a file of its own, as the page's policy lets no script stand in it. */
const START = `window.addEventListener('load', () => {
  window.SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: 'list',
    // The badge would send this page's address to another host.
    validatorUrl: null,
  })
})
`

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Muster API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"><noscript>This page needs JavaScript; the description itself is at <a href="/openapi.json">/openapi.json</a>.</noscript></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

// Everything from here and nothing from elsewhere. Unlike the policy of the other answers, it does not turn
// requests into https ones: the page has to work where the API is reached by plain HTTP. React sets styles inline.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const ASSETS: Readonly<Record<string, { readonly type: string; readonly body: () => Answer['body'] }>> = {
  'start.js': { type: 'text/javascript', body: () => START },
  'swagger-ui-bundle.js': { type: 'text/javascript', body: () => file('swagger-ui-bundle.js') },
  'swagger-ui.css': { type: 'text/css', body: () => file('swagger-ui.css') },
}

function file(name: string): AsyncIterable<Uint8Array> {
  return createReadStream(join(SWAGGER_UI, name))
}

export const DOCS_PAGE: RouteDescription = {
  summary: 'Browse this description',
  answers: { 200: { description: 'A page.', content: { 'text/html': 'text' } } },
}

/** `GET /docs`: the API's description to browse and try out. */
export async function docsPage(): Promise<Answer> {
  const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': POLICY }
  return { status: 200, headers, body: PAGE }
}

export const DOCS_ASSET: RouteDescription = {
  summary: 'A part of the page at /docs',
  answers: {
    200: { description: 'A script or a stylesheet.', content: { 'text/javascript': 'text', 'text/css': 'text' } },
  },
}

/** `GET /docs/{asset}`: what the page loads. */
export async function docsAsset({ params }: PublicRequest): Promise<Answer> {
  const name = params['asset'] ?? ''
  const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined
  if (asset === undefined) throw new Refusal('not-found', 'There is nothing at this path; the page is at /docs.')
  const headers = { 'Content-Type': `${asset.type}; charset=utf-8`, 'Cache-Control': 'public, max-age=3600' }
  return { status: 200, headers, body: asset.body() }
}
