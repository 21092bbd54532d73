import { createPool, migrate, waitingOperations } from '@muster/database'
import { SecretBox } from '@muster/engine'
import { onStop, tellReady } from '@muster/process'
import { operationsProducer } from '@muster/queue'
import { openFileStore } from '@muster/storage'
import { createLogger, createMetrics } from '@muster/telemetry'
import { createApp } from './app.ts'
import { AccessTokens } from './auth/access-tokens.ts'
import { authenticator } from './auth/authenticate.ts'
import { bootstrap } from './auth/bootstrap.ts'
import { OutsideIssuer } from './auth/outside-issuer.ts'
import { SigningKeys } from './auth/signing-keys.ts'
import { readConfig } from './config.ts'
import { id360Dialect } from './dialects/id360/id360-dialect.ts'
import { nativeDialect } from './dialects/native/native-dialect.ts'
import { oauthDialect } from './dialects/oauth/oauth.ts'
import { operatorDialect } from './dialects/operator/operator-dialect.ts'
import { listen } from './listen.ts'
import type { Services } from './services.ts'
import { startUploadSweep } from './upload/sweep-uploads.ts'

/** Starts the API. It says when it is ready, and stops in order. */
export async function serve(): Promise<void> {
  const config = readConfig()
  const log = createLogger({ service: 'api', level: config.logLevel })
  await migrate(config.databaseUrl)

  const services: Services = {
    pool: createPool(config.databaseUrl, {
      applicationName: 'muster-api',
      onIdleError: (error) => log.warn({ err: error }, 'a database connection was lost'),
    }),
    files: openFileStore(config.fileStoreUrl),
    producer: operationsProducer(config.redisUrl, log),
    metrics: createMetrics('api'),
    secrets: new SecretBox(config.secretsKeys),
    log,
  }
  const { pool, files, metrics, secrets } = services
  await bootstrap(pool, config.bootstrapClient)
  metrics.observeWaiting(() => waitingOperations(pool))

  const keys = new SigningKeys(pool, secrets)
  await keys.load()
  const tokens = new AccessTokens(keys, config.tokenIssuer)
  const { outsideIssuer } = config
  const outside = outsideIssuer && new OutsideIssuer(outsideIssuer.issuer, outsideIssuer.audience)

  const app = createApp(services, {
    authenticate: authenticator(pool, tokens, outside),
    maxUploadBytes: config.maxUploadBytes,
    dialects: [
      nativeDialect(services),
      id360Dialect(services),
      oauthDialect(services, tokens),
      operatorDialect(services, keys),
    ],
  })
  const sweep = startUploadSweep(pool, files, log)
  const server = await listen(app, config)
  log.info({ url: server.url }, 'the API is ready')
  tellReady(server.url)

  onStop(async (why) => {
    log.info({ why }, 'the API stops')
    await server.close()
    await sweep.stop()
    await services.producer.close()
    await pool.end()
  })
}
