import { createPool, operationStore } from '@muster/database'
import type { OperationStore } from '@muster/engine/ports'
import { type EngineHarness, engineHarness } from '@muster/testkit'
import { Client, type Pool } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

const STATEMENT_TIMEOUT = 3_000

let harness: EngineHarness
let pool: Pool
/** Somebody else at work in the database. */
let other: Client
beforeAll(async () => {
  harness = await engineHarness()
  pool = createPool(harness.database.url, { applicationName: 'worker', statementTimeoutMs: STATEMENT_TIMEOUT })
})
afterAll(async () => {
  await pool.end()
  await harness.database.drop()
})
beforeEach(async () => {
  await harness.clear()
  other = new Client(harness.database.url)
  await other.connect()
})
afterEach(() => other.end())

const ROWS = 30
const FILE = `userId\n${Array.from({ length: ROWS }, (_, i) => `u${i + 1}`).join('\n')}\n`

const turn = (id: string, store: OperationStore = operationStore(pool), lanes = 2) =>
  harness.turn(id, { engine: { store, chunkSize: 10, lanes } })

/** Resolves when a connection whose activity fits waits for a lock: its process id. */
function waiting(condition: string): Promise<number> {
  return vi.waitFor(
    async () => {
      const { rows } = await harness.database.pool.query<{ pid: number }>(
        `select pid from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and ${condition} limit 1`,
      )
      const [row] = rows
      if (row === undefined) throw new Error('nobody waits')
      return row.pid
    },
    { timeout: 20_000, interval: 20 },
  )
}

async function expectsNothingCountedAndThenAll(id: string) {
  expect(await harness.outcome(id)).toMatchObject({ state: 'PROCESSING', total: null, failed: 0 })
  await turn(id)
  expect(await harness.outcome(id)).toMatchObject({ state: 'COMPLETED', total: ROWS, succeeded: ROWS, failures: [] })
  expect(await harness.users()).toHaveLength(ROWS)
}

describe('a chunk that the database does not carry out', () => {
  it('because of a statement timeout breaks the turn off, and fails no row', async () => {
    const id = await harness.upload(FILE, { policy: { maxFailedRows: 0 } })
    await other.query('begin; lock table users in exclusive mode')
    await expect(turn(id)).rejects.toMatchObject({ code: '57014' })
    await other.query('rollback')
    await expectsNothingCountedAndThenAll(id)
  })

  it('because its connection is lost breaks the turn off, and fails no row', async () => {
    const id = await harness.upload(FILE, { policy: { maxFailedRows: 0 } })
    await other.query('begin; lock table users in exclusive mode')
    const broken = expect(turn(id)).rejects.toMatchObject({ code: '57P01' })
    const pid = await waiting(`application_name = 'worker'`)
    await harness.database.pool.query('select pg_terminate_backend($1)', [pid])
    await other.query('rollback')
    await broken
    await expectsNothingCountedAndThenAll(id)
  })

  it('because of a deadlock breaks the turn off, and fails no row', async () => {
    const id = await harness.upload(FILE, { policy: { maxFailedRows: 0 } })
    // The other never looks for deadlocks, so that the chunk is the one that is given up.
    await other.query(`set deadlock_timeout = '1h'; begin`)
    let theirs: Promise<unknown> = Promise.resolve()
    const store = operationStore(pool)
    let chunks = 0
    const entangled: OperationStore = {
      ...store,
      transaction: (work) =>
        store.transaction((tx) =>
          work({
            apply: (claim, statement) => tx.apply(claim, statement),
            async record(claim, record) {
              if (++chunks === 1) {
                await other.query('select from lanes where lane = $1 for update', [record.lane])
                theirs = other.query(
                  `insert into users (tenant_id, user_id) select $1, 'u' || n from generate_series(1, 10) n`,
                  [claim.tenantId],
                )
                theirs.catch(() => undefined)
                await waiting(`query like 'insert into users%generate_series%'`)
              }
              return tx.record(claim, record)
            },
          }),
        ),
    }
    // On one lane, whose transaction holds every row that the other inserts; a second one might commit before.
    await expect(turn(id, entangled, 1)).rejects.toMatchObject({ code: '40P01' })
    await theirs
    await other.query('rollback')
    await expectsNothingCountedAndThenAll(id)
  })
})
