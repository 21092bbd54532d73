import { archiveReader } from '@muster/archive'
import { isPending, migrate, operationStore, outbox } from '@muster/database'
import { SecretBox } from '@muster/engine'
import { OPERATIONS } from '@muster/operations'
import { archiveLimits, onStop, run, tellReady } from '@muster/process'
import { operationsProducer, runDispatcher, runMaintenance } from '@muster/queue'
import { createLogger, createWorkerMetrics, serveMetrics } from '@muster/telemetry'
import { rowReader } from '@muster/text'
import { readConfig } from './config.ts'
import { consumeTurns, TURN_QUEUES } from './consume-turns.ts'
import { openCouriers } from './couriers.ts'
import { checkHealth } from './health.ts'
import { maintain } from './maintain.ts'
import { observe, observeTurns } from './observe.ts'
import { openStores } from './open-stores.ts'
import { pendingWork } from './pending-work.ts'
import { takeDeliveryTurns, takeTurns } from './take-turns.ts'

/** Messages of an operation that are carried out at the same time. */
const DELIVERIES_AT_ONCE = 10

run(async () => {
  const config = readConfig()
  const log = createLogger({ service: 'worker', level: config.LOG_LEVEL })
  const metrics = createWorkerMetrics(TURN_QUEUES, log)
  await migrate(config.DATABASE_URL)

  const { pool, files } = await openStores(config, metrics, log)
  const secrets = new SecretBox(config.SECRETS_KEY)
  const observer = observe(metrics, log)
  const engine = {
    operations: OPERATIONS,
    store: operationStore(pool),
    files,
    reader: rowReader,
    archives: archiveReader(archiveLimits(config)),
    observer,
    seal: (secret: string) => secrets.seal(secret),
    chunkSize: config.CHUNK_SIZE,
    lanes: config.LANES,
  }

  const producer = operationsProducer(config.REDIS_URL, log)
  const perTenant = config.TENANT_OPERATIONS_IN_FLIGHT
  const pending = () => pendingWork(pool, perTenant)
  const dispatcher = runDispatcher({
    redisUrl: config.REDIS_URL,
    pending,
    producer,
    onRepaired: metrics.dispatcherRepairs,
    log,
  })
  const maintenance = runMaintenance({
    redisUrl: config.REDIS_URL,
    maintain: (signal) => maintain({ pool, files, log }, config.retention, signal),
    log,
  })
  const couriers = openCouriers(config, { pool, files })
  const delivery = { outbox: outbox(pool), couriers: couriers.byType, observer, atOnce: DELIVERIES_AT_ONCE }
  const consumer = consumeTurns({
    redisUrl: config.REDIS_URL,
    concurrency: config.CONCURRENCY,
    handler: takeTurns(engine, config.TURN_MS, (operationId) => isPending(pool, operationId, perTenant)),
    deliver: takeDeliveryTurns(delivery, config.TURN_MS),
    onJobEnded: () => void producer.nudge(),
    observer: observeTurns(metrics),
    log,
  })
  const server = await serveMetrics({
    metrics,
    port: config.METRICS_PORT,
    host: config.HOST,
    health: () => checkHealth({ pool, files, producer }),
  })
  log.info({ url: server.url }, 'worker started')
  tellReady(server.url)

  onStop(async (why) => {
    log.info({ why }, 'worker stopping')
    await consumer.close()
    await Promise.all([dispatcher.close(), maintenance.close(), producer.close(), server.close(), couriers.close()])
    await pool.end()
  })
})
