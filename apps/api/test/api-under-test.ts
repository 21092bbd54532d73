import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ARCHIVE_LIMITS, type ArchiveLimits, archiveReader } from '@muster/archive'
import { type Client, ensureTenant, operationStore, type Pool, saveClient } from '@muster/database'
import { type FileStore, SecretBox, takeTurn } from '@muster/engine'
import { OPERATIONS } from '@muster/operations'
import { operationsProducer, requestLimiter } from '@muster/queue'
import { diskFileStore } from '@muster/storage'
import { type ApiMetrics, createApiMetrics, createLogger } from '@muster/telemetry'
import { type TestRedis, testDatabase, testFolder, testRedis } from '@muster/testkit'
import { rowReader } from '@muster/text'
import { createApp } from '../src/app.ts'
import { AccessTokens } from '../src/auth/access-tokens.ts'
import { authenticator } from '../src/auth/authenticate.ts'
import { hashSecret } from '../src/auth/client-secret.ts'
import { OutsideIssuer } from '../src/auth/outside-issuer.ts'
import { SigningKeys } from '../src/auth/signing-keys.ts'
import { openApiDocument } from '../src/describe/openapi-document.ts'
import { applePassesDialect } from '../src/dialects/apple-passes/apple-passes-dialect.ts'
import { entrustDialect } from '../src/dialects/entrust/entrust-dialect.ts'
import { entrustSignInDialect } from '../src/dialects/entrust/sign-in/sign-in-dialect.ts'
import { id360Dialect } from '../src/dialects/id360/id360-dialect.ts'
import { nativeDialect } from '../src/dialects/native/native-dialect.ts'
import { oauthDialect } from '../src/dialects/oauth/oauth.ts'
import { operatorDialect } from '../src/dialects/operator/operator-dialect.ts'
import type { Dialect } from '../src/dialects/route.ts'
import { walletDialect } from '../src/dialects/wallet/wallet-dialect.ts'
import { countRequest } from '../src/limits/count-request.ts'
import type { TenantLimits } from '../src/limits/tenant-limits.ts'
import { listen } from '../src/listen.ts'
import { openWallets, type WalletSettings } from '../src/passes/wallets.ts'
import type { Services } from '../src/services.ts'
import { WatchHub, type WatchLimits } from '../src/watch/watch-hub.ts'
import { answerCheck } from './described-answers.ts'

export interface ApiUnderTest {
  /** Like `http://127.0.0.1:1234`. */
  readonly url: string
  readonly pool: Pool
  readonly databaseUrl: string
  readonly redis: TestRedis
  readonly services: Services
  readonly dialects: readonly Dialect[]
  readonly metrics: ApiMetrics
  /** Lines of the log so far, parsed. */
  readonly lines: readonly Record<string, unknown>[]
  /** The id of the tenant `default`. */
  readonly tenantId: number
  /** Of the tenant `default` unless told otherwise. */
  token(scopes: readonly string[], tenant?: string): Promise<string>
  /** `fetch` under the server's address. It throws when the answer is not what the API's description says of it. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** The same with a token of these scopes. */
  call(path: string, options: CallOptions): Promise<Response>
  saveClient(client: Pick<Client, 'id' | 'scopes'>, secret: string): Promise<void>
  /** Applies everything that is scheduled, as a worker would. */
  work(): Promise<void>
  /** Paths of everything in the file store. */
  stored(): Promise<readonly string[]>
  stop(): Promise<void>
}

interface CallOptions extends RequestInit {
  readonly scopes?: readonly string[]
  readonly tenant?: string
}

export interface ApiOptions {
  readonly maxUploadBytes?: number
  readonly archiveLimits?: Partial<ArchiveLimits>
  readonly duplicateWindowHours?: number
  /** Stands between the API and the disk. */
  readonly files?: (disk: FileStore) => FileStore
  readonly outsideIssuer?: { readonly issuer: string; readonly audience: string }
  /** None is set up unless given. */
  readonly wallets?: Omit<WalletSettings, 'secretsKeys'>
  readonly limits?: Partial<TenantLimits>
  /** No limit unless given. */
  readonly requestsPerMinute?: number
  readonly watches?: Partial<WatchLimits>
}

const NO_WALLETS = { apple: null, google: null, publicUrl: null }

/** The whole API on a real server, with a PostgreSQL, a Redis and a folder of its own. */
export async function startApi(options: ApiOptions = {}): Promise<ApiUnderTest> {
  const [database, redis, folder] = await Promise.all([testDatabase(), testRedis(), testFolder()])
  const { pool } = database
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const log = createLogger({ service: 'api', level: 'info', destination })
  const disk = diskFileStore(folder)
  const secretsKey = randomBytes(32)
  const services: Services = {
    pool,
    files: options.files?.(disk) ?? disk,
    archives: archiveReader({ ...ARCHIVE_LIMITS, ...options.archiveLimits }),
    producer: operationsProducer(redis.url, log),
    secrets: new SecretBox([secretsKey]),
    wallets: openWallets({ ...NO_WALLETS, ...options.wallets, secretsKeys: [secretsKey] }, () => server.url),
    limits: { operationsInFlight: 4, queuedOperations: 1_000, ...options.limits },
    retention: { filesDays: 30, recordsDays: 90 },
    hub: new WatchHub(pool, log, options.watches),
    maxUploadBytes: options.maxUploadBytes ?? 1024 * 1024,
    duplicateWindowHours: options.duplicateWindowHours ?? 0,
    metrics: createApiMetrics(log),
    log,
  }
  const keys = new SigningKeys(pool, services.secrets)
  await keys.load()
  const tokens = new AccessTokens(keys, 'urn:muster')
  const { outsideIssuer } = options
  const outside = outsideIssuer === undefined ? null : new OutsideIssuer(outsideIssuer.issuer, outsideIssuer.audience)
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
  const { requestsPerMinute } = options
  const limiter = requestsPerMinute === undefined ? null : requestLimiter(redis.url, requestsPerMinute)
  const app = createApp(services, {
    countRequest: countRequest(limiter),
    authenticate: authenticator(pool, tokens, outside),
    dialects,
  })
  const server = await listen(app, { host: '127.0.0.1', port: 0 })
  const tenantId = await ensureTenant(pool, 'default')
  const check = answerCheck(openApiDocument(dialects, 'test'))
  const fetchChecked: ApiUnderTest['fetch'] = async (path, init) => {
    const answer = await fetch(server.url + path, init)
    await check(init?.method ?? 'GET', answer.url, answer)
    return answer
  }
  const token: ApiUnderTest['token'] = (scopes, tenant = 'default') => tokens.issue({ id: 'test', tenant }, scopes)

  return {
    url: server.url,
    pool,
    databaseUrl: database.url,
    redis,
    services,
    dialects,
    metrics: services.metrics,
    lines,
    tenantId,
    token,
    fetch: fetchChecked,
    async call(path, { scopes = [], tenant, ...init }) {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${await token(scopes, tenant)}`)
      return fetchChecked(path, { ...init, headers })
    },
    saveClient: async ({ id, scopes }, secret) =>
      saveClient(pool, { id, scopes, tenantId, secretHash: await hashSecret(secret) }),
    work: () => work(services),
    stored: () => everythingIn(folder),
    async stop() {
      services.hub.close()
      await server.close()
      await Promise.all([services.producer.close(), limiter?.close()])
      await redis.stop()
      await database.drop()
    },
  }
}

async function work({ pool, files, archives, secrets }: Services): Promise<void> {
  const engine = {
    operations: OPERATIONS,
    store: operationStore(pool),
    files,
    reader: rowReader,
    archives,
    observer: {
      chunk: ignore,
      firstRow: ignore,
      delivery: ignore,
      settled: ignore,
      deliveryAway: ignore,
      ended: ignore,
      leaseLost: ignore,
      rowsNotConserved: ignore,
    },
    seal: (secret: string) => secrets.seal(secret),
    chunkSize: 100,
    lanes: 2,
  }
  const { rows } = await pool.query<{ id: string }>(
    `select id from operations where state = 'SCHEDULED' order by number`,
  )
  for (const { id } of rows) {
    const turn = { operationId: id, signal: new AbortController().signal, isOver: () => false, progress: ignore }
    await takeTurn(turn, engine)
  }
}

function ignore(): void {
  // Nothing is observed here.
}

async function everythingIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(folder), { recursive: true })
  return entries.filter((entry) => entry !== 'operations').sort()
}
