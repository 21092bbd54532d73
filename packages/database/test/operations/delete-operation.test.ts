import { randomUUID } from 'node:crypto'
import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findJob } from '../../src/jobs/jobs.ts'
import { deleteOperation, purgeDeleted } from '../../src/operations/delete-operation.ts'
import { findOperation } from '../../src/operations/operations.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())
beforeEach(() =>
  database.pool.query(
    'truncate operations, operation_history, lanes, failed_rows, chunks, operation_keys, resolved_rows',
  ),
)

interface Made {
  readonly id: string
  readonly number: string
}

const ROWS = 25

/** An operation with rows in every table that has rows of operations. */
async function made(state: 'COMPLETED' | 'PROCESSING', parent: Made | null = null): Promise<Made> {
  const { pool, tenantId } = database
  const id = randomUUID()
  const { rows } = await pool.query<{ number: string }>(
    `insert into operations (id, tenant_id, type, name, state, options, source, created_by, changed_by, reason, total, ended_at, parent_number)
    values ($1, $2, 'QUICK_ENROLLMENT', 'x', $3, 'null', '{}', 'test', 'test', 'made', 5, case $3 when 'COMPLETED' then now() end, $4)
    returning number`,
    [id, tenantId, state, parent?.number ?? null],
  )
  const number = rows[0]?.number ?? ''
  await pool.query(
    `with rows as (select $1::bigint as operation, n from generate_series(1, ${ROWS}) n),
    f as (insert into failed_rows (operation_number, row_number, ordinal, tenant_id, line, code) select operation, n, 0, 1, n, 'REQUIRED' from rows),
    c as (insert into chunks (operation_number, lane, tenant_id, row_number, line, byte, first_row) select operation, 0, 1, n, n, n, n from rows),
    r as (insert into resolved_rows (operation_number, row_number, tenant_id, child_number) select operation, n, 1, 0 from rows),
    k as (insert into operation_keys (operation_number, subject_id, tenant_id, row_number) select operation, n, 1, n from rows)
    insert into lanes (operation_number, lane, tenant_id, lease, row_number, line, byte, resolved) select operation, n, 1, 0, 0, 0, 0, 1 from rows`,
    [number],
  )
  return { id, number }
}

/** Rows of each table that has any of the operation. */
async function left({ number }: Made): Promise<Record<string, number>> {
  const { rows } = await database.pool.query<{ table: string; rows: number }>(
    `select * from (
      select 'operations' as table, count(*)::int as rows from operations where number = $1
      union all select 'failed_rows', count(*)::int from failed_rows where operation_number = $1
      union all select 'chunks', count(*)::int from chunks where operation_number = $1
      union all select 'resolved_rows', count(*)::int from resolved_rows where operation_number = $1
      union all select 'operation_keys', count(*)::int from operation_keys where operation_number = $1
      union all select 'operation_history', count(*)::int from operation_history where operation_number = $1
      union all select 'lanes', count(*)::int from lanes where operation_number = $1
    ) tables where rows > 0`,
    [number],
  )
  return Object.fromEntries(rows.map((row) => [row.table, row.rows]))
}

const WHOLE = {
  operations: 1,
  failed_rows: ROWS,
  chunks: ROWS,
  resolved_rows: ROWS,
  operation_keys: ROWS,
  operation_history: 1,
  lanes: ROWS,
}

const remove = ({ id }: Made) => deleteOperation(database.pool, database.tenantId, id)
const purge = async (batch: number): Promise<number> => {
  let times = 1
  while (await purgeDeleted(database.pool, batch)) times++
  return times
}

describe('an operation that is deleted', () => {
  it('is nowhere to be found any more, as a job neither', async () => {
    const operation = await made('COMPLETED')
    const { pool, tenantId } = database
    expect(await findJob(pool, tenantId, operation.number)).toMatchObject({ operationId: operation.id })
    expect(await deleteOperation(pool, tenantId + 1, operation.id)).toBeNull()
    expect(await remove(operation)).toMatchObject({ deleted: true })
    expect(await findJob(pool, tenantId, operation.number)).toBeNull()
    expect(await findOperation(pool, tenantId, operation.id)).toBeNull()
    expect(await remove(operation)).toBeNull()
  })
})

describe('what is left of deleted operations', () => {
  it('is removed in batches, and nothing of another operation', async () => {
    const [gone, stays] = [await made('COMPLETED'), await made('COMPLETED')]
    expect(await remove(gone)).toMatchObject({ deleted: true })
    expect(await purgeDeleted(database.pool, 10)).toBe(true)
    expect(await left(gone)).toMatchObject({ operations: 1, failed_rows: 15, lanes: 15 })
    expect(await purge(10)).toBe(2)
    expect(await left(gone)).toEqual({})
    expect(await left(stays)).toEqual(WHOLE)
    expect(await purgeDeleted(database.pool, 10)).toBe(false)
  })

  it('is removed once by several at the same time', async () => {
    const operations = [await made('COMPLETED'), await made('COMPLETED'), await made('COMPLETED')]
    for (const operation of operations) await remove(operation)
    await Promise.all([purge(7), purge(7), purge(7)])
    // One that passes over what another holds may leave its last rows to the next run.
    await purge(7)
    for (const operation of operations) expect(await left(operation)).toEqual({})
  })

  it('stays while a retry of it runs', async () => {
    const parent = await made('COMPLETED')
    const child = await made('PROCESSING', parent)
    await remove(parent)
    await purge(100)
    expect(await left(parent)).toEqual(WHOLE)
    await database.pool.query(
      `update operations set state = 'CANCELLED', ended_at = now(), changed_by = 'test', reason = 'x' where number = $1`,
      [child.number],
    )
    await purge(100)
    expect(await left(parent)).toEqual({})
  })

  it("keeps a retry's part in its parent's resolved rows until the parent goes too", async () => {
    const parent = await made('COMPLETED')
    const child = await made('COMPLETED', parent)
    await remove(child)
    await purge(100)
    expect(await left(child)).toEqual({ operations: 1, lanes: ROWS })
    expect(await findOperation(database.pool, database.tenantId, parent.id)).toMatchObject({ resolved: ROWS })
    await remove(parent)
    await purge(100)
    expect([await left(parent), await left(child)]).toEqual([{}, {}])
  })
})

describe('an operation that has not ended', () => {
  it('cannot be deleted', async () => {
    const running = await made('PROCESSING')
    expect(await remove(running)).toEqual({ deleted: false, state: 'PROCESSING', paused: false })
    expect(await findOperation(database.pool, database.tenantId, running.id)).not.toBeNull()
  })
})
