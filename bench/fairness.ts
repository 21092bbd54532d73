import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { Client, type Fields } from './client.ts'
import { type Kind, users, writeFile } from './files.ts'
import { readOptions } from './options.ts'
import type { Stack } from './stack.ts'
import { withTemporaryStack } from './temporary-stack.ts'

const IMPORT: Fields = [['type', 'IMPORT_USERS']]
const HUGE = 3
const SMALL_ROWS = 100
/** Of a window; two windows have them. */
const SMALL_UPLOADS = 10
const QUEUED = 50
/** Of the windows without small uploads; the other one lasts a second an upload. */
const WINDOW_MS = 10_000

/** Rows a second of the huge imports, while nothing else is uploaded and while something is, in turns. */
interface Window {
  readonly smallUploads: boolean
  readonly rowsPerSecond: number
}

function main(rows: number): Promise<void> {
  return withTemporaryStack(async (folder, start) => {
    const stack = await start()
    const client = await Client.signIn(stack.run.api, stack.credentials)
    await besideHugeImports(client, folder, rows)
    await besideAnotherTenant(stack, client, folder)
  })
}

/** Three huge imports on the one worker; in every other window, a small upload a second. */
async function besideHugeImports(client: Client, folder: string, rows: number): Promise<void> {
  const files = Array.from({ length: HUGE }, (_, each) => join(folder, `huge-${each}.csv`))
  for (const [each, file] of files.entries()) await writeFile(file, renamed(`h${each}`), rows)
  const ids: string[] = []
  for (const file of files) ids.push((await client.upload(file, IMPORT)).id)
  const small: number[] = []
  const windows: Window[] = []
  for (const smallUploads of [false, true, false, true, false]) {
    const before = await rowsDone(client, ids)
    const began = performance.now()
    if (smallUploads) small.push(...(await uploadEverySecond(client, folder, windows.length)))
    else await sleep(WINDOW_MS)
    const seconds = (performance.now() - began) / 1_000
    const after = await rowsDone(client, ids)
    if (after.ended > 0) throw new Error('a huge import ended before the windows did; ask for more rows')
    windows.push({ smallUploads, rowsPerSecond: (after.rows - before.rows) / seconds })
  }
  for (const { smallUploads, rowsPerSecond } of windows) {
    console.log(
      `${HUGE} imports${smallUploads ? ' beside a small upload a second' : ''}: ${whole(rowsPerSecond)} rows/s`,
    )
  }
  const mean = (beside: boolean) => average(windows.filter(({ smallUploads }) => smallUploads === beside))
  console.log(`throughput kept beside small uploads: ${(mean(true) / mean(false)).toFixed(2)}`)
  const sorted = small.toSorted((one, other) => one - other)
  console.log(
    `small upload of ${SMALL_ROWS} rows, from its first byte to its end: median ${inSeconds(sorted[Math.ceil(sorted.length * 0.5) - 1])}, p95 ${inSeconds(sorted[Math.ceil(sorted.length * 0.95) - 1])}, most ${inSeconds(sorted.at(-1))} (${sorted.length} uploads)`,
  )
  for (const id of ids) await client.cancel(id)
}

function average(windows: readonly Window[]): number {
  return windows.reduce((sum, { rowsPerSecond }) => sum + rowsPerSecond, 0) / windows.length
}

async function rowsDone(client: Client, ids: readonly string[]): Promise<{ rows: number; ended: number }> {
  const operations = await Promise.all(ids.map((id) => client.operation(id)))
  return {
    rows: operations.reduce((sum, { rows }) => sum + rows.succeeded + rows.failed, 0),
    ended: operations.filter(({ endedAt }) => endedAt !== null).length,
  }
}

/** One upload a second, whether those before it have ended or not: the seconds each took. */
async function uploadEverySecond(client: Client, folder: string, window: number): Promise<number[]> {
  const running: Promise<number>[] = []
  for (let each = 0; each < SMALL_UPLOADS; each++) {
    const file = join(folder, `small-${window}-${each}.csv`)
    await writeFile(file, renamed(`s${window}x${each}x`), SMALL_ROWS)
    running.push(completed(client, file))
    await sleep(1_000)
  }
  return Promise.all(running)
}

async function completed(client: Client, file: string): Promise<number> {
  const { state, rows, seconds } = await client.carryOut(file, IMPORT)
  if (state === 'COMPLETED' && rows.succeeded === SMALL_ROWS) return seconds
  throw new Error(`a small upload ended ${state} with ${JSON.stringify(rows)}`)
}

/** One tenant queues fifty imports; then another tenant uploads its first. */
async function besideAnotherTenant(stack: Stack, client: Client, folder: string): Promise<void> {
  const other = await Client.signIn(stack.run.api, await otherTenant(stack))
  const alone = join(folder, 'alone.csv')
  await writeFile(alone, renamed('a'), SMALL_ROWS)
  const aloneSeconds = await completed(other, alone)
  const ids: string[] = []
  for (let each = 0; each < QUEUED; each++) {
    const file = join(folder, 'queued.csv')
    await writeFile(file, renamed(`q${each}x`), 100_000)
    ids.push((await client.upload(file, IMPORT)).id)
  }
  const file = join(folder, 'first.csv')
  await writeFile(file, renamed('f'), SMALL_ROWS)
  const seconds = await completed(other, file)
  const { ended } = await rowsDone(client, ids)
  console.log(
    `another tenant's first upload of ${SMALL_ROWS} rows: ${inSeconds(aloneSeconds)} with nothing else, ${inSeconds(seconds)} with ${QUEUED - ended} of ${QUEUED} imports of 100,000 rows before it`,
  )
}

/** A client of another tenant, with the secret of the first: tenants come from outside issuers otherwise. */
async function otherTenant({ run, credentials }: Stack): Promise<{ clientId: string; clientSecret: string }> {
  const database = new pg.Client({ connectionString: run.databaseUrl })
  await database.connect()
  try {
    await database.query(
      `with tenant as (insert into tenants (name) values ('other') returning id)
      insert into clients (id, tenant_id, secret_hash, scopes)
      select 'other', tenant.id, secret_hash, scopes from clients, tenant where clients.id = $1`,
      [credentials.clientId],
    )
  } finally {
    await database.end()
  }
  return { ...credentials, clientId: 'other' }
}

/** Users whose ids and addresses begin with a prefix, so that files do not name each other's. */
function renamed(prefix: string): Kind {
  return { header: users.header, row: (n) => users.row(n).replace(/^u/, prefix) }
}

function inSeconds(seconds: number | undefined): string {
  return `${(seconds ?? Number.NaN).toFixed(2)} s`
}

function whole(n: number): string {
  return Math.round(n).toLocaleString('en-US')
}

const { rows } = readOptions(process.argv.slice(2))
main(rows).catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
