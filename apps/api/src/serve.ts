import { archiveReader } from '@muster/archive'
import { createPool, migrate } from '@muster/database'
import { SecretBox } from '@muster/engine'
import { onStop, tellReady } from '@muster/process'
import { operationsProducer, requestLimiter } from '@muster/queue'
import { diskSpace, observedFileStore, openFileStore } from '@muster/storage'
import { createApiMetrics, createLogger } from '@muster/telemetry'
import { createApp } from './app.ts'
import { AccessTokens } from './auth/access-tokens.ts'
import { authenticator } from './auth/authenticate.ts'
import { bootstrap } from './auth/bootstrap.ts'
import { OutsideIssuer } from './auth/outside-issuer.ts'
import { SigningKeys } from './auth/signing-keys.ts'
import { readConfig } from './config.ts'
import { applePassesDialect } from './dialects/apple-passes/apple-passes-dialect.ts'
import { entrustDialect } from './dialects/entrust/entrust-dialect.ts'
import { entrustSignInDialect } from './dialects/entrust/sign-in/sign-in-dialect.ts'
import { id360Dialect } from './dialects/id360/id360-dialect.ts'
import { nativeDialect } from './dialects/native/native-dialect.ts'
import { oauthDialect } from './dialects/oauth/oauth.ts'
import { operatorDialect } from './dialects/operator/operator-dialect.ts'
import { walletDialect } from './dialects/wallet/wallet-dialect.ts'
import { countRequest } from './limits/count-request.ts'
import { listen } from './listen.ts'
import { observeCertificates } from './passes/observe-certificates.ts'
import { openWallets } from './passes/wallets.ts'
import { warnOfExpiry } from './passes/warn-of-expiry.ts'
import type { Services } from './services.ts'
import { startUploadSweep } from './upload/sweep-uploads.ts'
import { WatchHub } from './watch/watch-hub.ts'

/** Starts the API. It says when it is ready, and stops in order. */
export async function serve(): Promise<void> {
  const config = readConfig()
  const log = createLogger({ service: 'api', level: config.logLevel })
  const metrics = createApiMetrics(log)
  await migrate(config.databaseUrl)

  const pool = createPool(config.databaseUrl, {
    applicationName: 'muster-api',
    onIdleError: (error) => log.warn({ err: error }, 'a database connection was lost'),
    onQuery: metrics.databaseQuery,
  })
  const store = await openFileStore(config.fileStore.url, config.fileStore.s3)
  const files = observedFileStore(store, metrics.fileStoreCall)
  const space = diskSpace(config.fileStore.url)
  metrics.observePool(pool)
  if (space !== null) metrics.observeFileStoreSpace(space)
  observeCertificates(config.apple, metrics)
  const services: Services = {
    pool,
    files,
    archives: archiveReader(config.archiveLimits),
    producer: operationsProducer(config.redisUrl, log),
    maxUploadBytes: config.maxUploadBytes,
    duplicateWindowHours: config.duplicateWindowHours,
    metrics,
    secrets: new SecretBox(config.secretsKeys),
    wallets: openWallets(config, () => server.url),
    limits: config.limits,
    retention: config.retention,
    hub: new WatchHub(pool, log),
    log,
  }
  const { secrets } = services
  await bootstrap(pool, config.bootstrapClient)

  const keys = new SigningKeys(pool, secrets)
  await keys.load()
  const tokens = new AccessTokens(keys, config.tokenIssuer)
  const { outsideIssuer } = config
  const outside = outsideIssuer && new OutsideIssuer(outsideIssuer.issuer, outsideIssuer.audience)

  const others = [
    nativeDialect(services),
    id360Dialect(services),
    // Before the dialect whose paths its own are under.
    entrustSignInDialect(services, tokens),
    entrustDialect(services),
    oauthDialect(services, tokens),
    applePassesDialect(services),
    walletDialect(services),
  ]
  const dialects = [...others, operatorDialect(services, keys, others)]
  const { requestsPerMinute } = config
  const limiter = requestsPerMinute === 0 ? null : requestLimiter(config.redisUrl, requestsPerMinute)
  const app = createApp(services, {
    countRequest: countRequest(limiter),
    authenticate: authenticator(pool, tokens, outside),
    dialects,
  })
  const sweep = startUploadSweep(pool, files, log)
  const server = await listen(app, config)
  warnOfExpiry(config.apple, log)
  log.info({ url: server.url }, 'the API is ready')
  tellReady(server.url)

  onStop(async (why) => {
    log.info({ why }, 'the API stops')
    // First, so that those who watch are let go and do not hold the server up.
    services.hub.close()
    await server.close()
    await sweep.stop()
    await Promise.all([services.producer.close(), limiter?.close()])
    await pool.end()
  })
}
