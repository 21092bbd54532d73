import { randomUUID } from 'node:crypto'
import { type EngineHarness, engineHarness } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { controlOperation, deleteOperation, operationDetail, searchOperations } from '../../src/index.ts'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())

const users = (suffix: string) =>
  `userId,email\na${suffix},a@example.com\nb${suffix},bad\nc${suffix},c@example.com\nd${suffix},d@example.com\n`

async function detailOf(id: string) {
  const detail = await operationDetail(harness.database.pool, id)
  if (detail === null) throw new Error('no such operation')
  return detail
}

const control = (id: string, what: 'pause' | 'cancel') =>
  controlOperation(harness.database.pool, {
    tenantId: harness.database.tenantId,
    id,
    control: what,
    by: 'test',
    reason: null,
  })

describe('the details of an operation', () => {
  it('tell how far each lane has come, and whose it is', async () => {
    const id = await harness.upload(users('1'))
    expect(await detailOf(id)).toMatchObject({ lease: 0n, lanes: [], overview: { rate: null, place: 1, done: 0 } })
    await harness.turn(id, { chunks: 1, engine: { chunkSize: 2, lanes: 1 } })
    const { lanes, lease, overview } = await detailOf(id)
    expect(lease).toBe(1n)
    expect(lanes).toMatchObject([{ lane: 0, lease: 1n, row: 2, line: 4, succeeded: 1, unchanged: 0, failed: 1 }])
    expect(overview).toMatchObject({ state: 'PROCESSING', done: 2, failed: 1, total: null, place: null })
    expect(overview.bytesDone).toBe(lanes[0]?.byte)
    await control(id, 'pause')
    expect((await detailOf(id)).lease).toBe(2n)
  })

  it('tell the rate of the last minute while rows are read, and of the whole run afterwards', async () => {
    const { pool } = harness.database
    const id = await harness.upload(users('2'))
    await harness.turn(id, { chunks: 2, engine: { chunkSize: 1, lanes: 1 } })
    const marked = async (row: number, secondsAgo: number) => {
      await pool.query(
        `update chunks set at = now() - make_interval(secs => $3)
        where operation_number = (select number from operations where id = $1) and row_number = $2`,
        [id, row, secondsAgo],
      )
    }
    await marked(1, 20)
    await marked(2, 10)
    const recent = (await detailOf(id)).overview.rate
    expect(recent?.of).toBe('last minute')
    // One row in the 20 s since the first mark.
    expect(recent?.perSecond).toBeCloseTo(0.05, 2)
    await marked(1, 200)
    await marked(2, 100)
    expect((await detailOf(id)).overview.rate).toEqual({ of: 'last minute', perSecond: 0 })
    await harness.turn(id)
    await pool.query(`update operations set started_at = ended_at - interval '2 seconds' where id = $1`, [id])
    expect((await detailOf(id)).overview.rate).toEqual({ of: 'whole run', perSecond: 2 })
  })

  it('tell what waits in the outbox', async () => {
    const { pool } = harness.database
    const id = await harness.upload(users('3'))
    expect((await detailOf(id)).outbox).toMatchObject({ waiting: 0, held: 0, oldestAt: null, attempts: 0 })
    await pool.query(
      `insert into outbox (operation_number, row_number, tenant_id, lane, line, subject_id, attempts, held_by, settled_at, created_at)
      select number, n, tenant_id, 0, n, n, n, case when n = 2 then gen_random_uuid() end,
        case when n = 4 then now() end, timestamptz '2026-01-01 00:00Z' + make_interval(days => n - 1)
      from operations, generate_series(1, 4) n where id = $1`,
      [id],
    )
    expect((await detailOf(id)).outbox).toEqual({
      waiting: 3,
      held: 1,
      oldestAt: new Date('2026-01-01T00:00:00Z'),
      attempts: 3,
      deliverAfter: null,
    })
  })

  it('are of no operation that is unknown or was deleted, and neither does a search find it', async () => {
    const { pool, tenantId } = harness.database
    expect(await operationDetail(pool, randomUUID())).toBeNull()
    const id = await harness.upload(users('4'))
    await control(id, 'cancel')
    const search = {
      state: null,
      paused: false,
      type: null,
      tenantId: null,
      sought: { by: 'id', id },
      before: null,
      limit: 5,
    } as const
    expect((await searchOperations(pool, search)).operations).toHaveLength(1)
    await deleteOperation(pool, tenantId, id)
    expect(await operationDetail(pool, id)).toBeNull()
    expect((await searchOperations(pool, search)).operations).toEqual([])
  })
})
