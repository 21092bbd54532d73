import express, { type Express } from 'express'
import helmet from 'helmet'
import type { Authenticate } from './auth/authenticate.ts'
import type { Dialect } from './dialects/route.ts'
import type { HttpContext } from './http/http-context.ts'
import { mountDialect } from './http/mount-dialect.ts'
import { requestLog } from './http/request-log.ts'
import type { CountRequest } from './limits/count-request.ts'
import { demandRoomInQueue } from './limits/queue-limit.ts'
import type { Services } from './services.ts'

interface AppOptions {
  readonly authenticate: Authenticate
  readonly countRequest: CountRequest
  /** One whose base path is under another's comes before it; the one whose is empty, last: it answers for the rest. */
  readonly dialects: readonly Dialect[]
}

/** The web application: every dialect at its base path. */
export function createApp(services: Services, { dialects, ...options }: AppOptions): Express {
  const context: HttpContext = {
    ...options,
    demandRoomInQueue: (tenantId) => demandRoomInQueue(services, tenantId),
    files: services.files,
    maxUploadBytes: services.maxUploadBytes,
    metrics: services.metrics,
    log: services.log,
  }
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.enable('case sensitive routing')
  app.use(requestLog(services.log, services.metrics))
  app.use(helmet())
  for (const dialect of dialects)
    app.use(dialect.basePath === '' ? '/' : dialect.basePath, mountDialect(dialect, context))
  return app
}
