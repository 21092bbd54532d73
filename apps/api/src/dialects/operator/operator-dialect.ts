import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { SigningKeys } from '../../auth/signing-keys.ts'
import { DOCS_ASSET, DOCS_PAGE, docsAsset, docsPage } from '../../describe/docs.ts'
import { openApiDocument } from '../../describe/openapi-document.ts'
import { readiness } from '../../health.ts'
import type { Services } from '../../services.ts'
import { PROBLEM, problem } from '../native/problem.ts'
import { type Answer, type Dialect, json, type PublicRequest, type RouteDescription } from '../route.ts'

const NO_STORE = { 'Cache-Control': 'no-store' }

/**
 * What those ask who run this process, who verify its tokens, or who want to know what the API can do. Open to
 * anybody who can reach it.
 *
 * @param others the other dialects, which are described beside this one
 */
export function operatorDialect(services: Services, keys: SigningKeys, others: readonly Dialect[]): Dialect {
  const dialect: Dialect = {
    title: 'Operator',
    description: 'For those who run this installation, who verify its tokens, or who look for what it can do.',
    basePath: '',
    schemes: [],
    routes: [
      open('/.well-known/jwks.json', JWKS, async () =>
        json(200, await keys.publicKeys(), { 'Cache-Control': 'public, max-age=300' }),
      ),
      open('/healthz', HEALTH, async () => json(200, { status: 'alive' }, NO_STORE)),
      open('/readyz', READINESS, async () => {
        const ready = await readiness(services)
        return json(ready.status === 'unready' ? 503 : 200, ready, NO_STORE)
      }),
      open('/metrics', METRICS, async () => {
        const { contentType, body } = await services.metrics.text()
        return { status: 200, headers: { 'Content-Type': contentType, ...NO_STORE }, body }
      }),
      open('/openapi.json', OPENAPI, async () => json(200, document, { 'Cache-Control': 'public, max-age=300' })),
      open('/docs', DOCS_PAGE, docsPage),
      open('/docs/:asset', DOCS_ASSET, docsAsset),
    ],
    permits: () => false,
    refuse: problem,
    errors: { 'application/problem+json': PROBLEM },
  }
  const document = openApiDocument([...others, dialect], VERSION)
  return dialect
}

function open(path: string, description: RouteDescription, handler: (request: PublicRequest) => Promise<Answer>) {
  return { method: 'get', path, permission: null, description, handler } as const
}

const { version: VERSION } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')))

const KEY = z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.literal('sig') })

const JWKS: RouteDescription = {
  summary: 'The keys that verify access tokens',
  answers: {
    200: { description: 'A JWK set: RFC 7517.', content: { 'application/json': z.object({ keys: z.array(KEY) }) } },
  },
}

const HEALTH: RouteDescription = {
  summary: 'Whether the process lives',
  answers: {
    200: { description: 'It does.', content: { 'application/json': z.object({ status: z.literal('alive') }) } },
  },
}

const check = z.enum(['up', 'down'])

const READY = z
  .object({
    status: z.enum(['ready', 'degraded', 'unready']).describe('Degraded: operations start later than they could.'),
    checks: z.object({ postgres: check, fileStore: check, redis: check }),
  })
  .meta({ id: 'Readiness' })

const READINESS: RouteDescription = {
  summary: 'Whether requests can be served',
  answers: {
    200: { description: 'They can.', content: { 'application/json': READY } },
    503: { description: 'They cannot.', content: { 'application/json': READY } },
  },
}

const METRICS: RouteDescription = {
  summary: 'Metrics for Prometheus',
  answers: { 200: { description: 'Its text format.', content: { 'text/plain': 'text' } } },
}

const OPENAPI: RouteDescription = {
  summary: 'This description',
  answers: { 200: { description: 'OpenAPI 3.1.', content: { 'application/json': z.looseObject({}) } } },
}
