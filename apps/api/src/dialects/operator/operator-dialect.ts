import type { SigningKeys } from '../../auth/signing-keys.ts'
import { readiness } from '../../health.ts'
import type { Services } from '../../services.ts'
import { problem } from '../native/problem.ts'
import { type Dialect, json } from '../route.ts'

const NO_STORE = { 'Cache-Control': 'no-store' }

/** What those ask who run this process, and who verify its tokens. Open to anybody who can reach it. */
export function operatorDialect(services: Services, keys: SigningKeys): Dialect {
  return {
    basePath: '',
    schemes: [],
    routes: [
      {
        method: 'get',
        path: '/.well-known/jwks.json',
        permission: null,
        handler: async () => json(200, await keys.publicKeys(), { 'Cache-Control': 'public, max-age=300' }),
      },
      {
        method: 'get',
        path: '/healthz',
        permission: null,
        handler: async () => json(200, { status: 'alive' }, NO_STORE),
      },
      {
        method: 'get',
        path: '/readyz',
        permission: null,
        handler: async () => {
          const ready = await readiness(services)
          return json(ready.status === 'unready' ? 503 : 200, ready, NO_STORE)
        },
      },
      {
        method: 'get',
        path: '/metrics',
        permission: null,
        handler: async () => {
          const { contentType, body } = await services.metrics.text()
          return { status: 200, headers: { 'Content-Type': contentType, ...NO_STORE }, body }
        },
      },
    ],
    permits: () => false,
    refuse: problem,
  }
}
