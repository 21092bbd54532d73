import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPool, listOperators, migrate } from '@muster/database'
import { onStop, run, tellReady } from '@muster/process'
import { operationsProducer, watchQueues } from '@muster/queue'
import { createDashboardMetrics, createLogger, serveMetrics } from '@muster/telemetry'
import { createDashboard } from './app.ts'
import { readConfig } from './config.ts'
import { checkHealth } from './health.ts'
import { observeSystem } from './observe-system.ts'
import { bootstrapOperator } from './operators/bootstrap-operator.ts'
import { nobodysHash } from './operators/password.ts'

// Somebody waits for the page; a search that takes longer helps nobody.
const STATEMENT_TIMEOUT_MS = 20_000

// Of its own, so that slow searches do not look like a PostgreSQL that is away.
const SCRAPES = { applicationName: 'muster-metrics', connections: 3, statementTimeoutMs: 2_000 }

run(async () => {
  const config = readConfig()
  const { databaseUrl, redisUrl, host, oidc, operator } = config
  const log = createLogger({ service: 'dashboard', level: config.logLevel })
  const metrics = createDashboardMetrics(log)
  await migrate(databaseUrl)

  const pool = createPool(databaseUrl, {
    applicationName: 'muster-dashboard',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    onIdleError: (error) => log.warn({ err: error }, 'lost a connection to PostgreSQL'),
    onQuery: metrics.databaseQuery,
  })
  const scrapes = createPool(databaseUrl, SCRAPES)
  if (operator !== null) await bootstrapOperator(pool, operator)
  if (oidc === null && (await listOperators(pool)).length === 0) {
    log.warn({}, 'nobody can sign in: make an operator by the command line, or name an OpenID Connect issuer')
  }
  await nobodysHash()
  const queues = watchQueues(redisUrl, log)
  const producer = operationsProducer(redisUrl, log)
  metrics.observePool(pool)
  observeSystem({ metrics, pool: scrapes, queues })
  const health = () => checkHealth(pool, queues)
  const metricsServer = await serveMetrics({ metrics, port: config.metricsPort, host, health })

  const server = createServer(createDashboard({ pool, queues, nudge: () => producer.nudge(), oidc, log }))
  server.listen(config.port, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  log.info({ url, metricsUrl: metricsServer.url }, 'dashboard started')
  tellReady(url, metricsServer.url)

  onStop(async (why) => {
    log.info({ why }, 'dashboard stopping')
    const closed = once(server, 'close')
    server.close()
    server.closeIdleConnections()
    // Requests end in a moment; a browser's open connection does not.
    setTimeout(() => server.closeAllConnections(), 2_000).unref()
    await closed
    await Promise.all([metricsServer.close(), queues.close(), producer.close()])
    await Promise.all([pool.end(), scrapes.end()])
  })
})
