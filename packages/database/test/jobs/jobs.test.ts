import { randomUUID } from 'node:crypto'
import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findJob, firstJobFailures, type JobCondition, type JobPage, listJobs } from '../../src/index.ts'

interface Written {
  readonly state: string
  readonly type?: string
  readonly tenantId?: number
  readonly failed?: readonly number[]
  readonly startedAt?: string
}

const ALL: JobPage = { condition: null, fromId: null, skip: 0, limit: 100 }

let database: TestDatabase
let otherTenant: number
/** Ids by name, in the order they were made. */
const ids = new Map<string, string>()

async function write(name: string, written: Written): Promise<void> {
  const { state, type = 'QUICK_ENROLLMENT', tenantId = database.tenantId, failed = [], startedAt } = written
  const { rows } = await database.pool.query<{ number: string }>(
    `insert into operations (id, tenant_id, type, name, state, reason, options, source, created_by, changed_by, started_at,
       total, ended_at)
     values ($1, $2, $3, $4, $5, 'test', '{}', '{}', 'test', 'test', $6, 10,
       case when $5 in ('COMPLETED', 'FAILED', 'CANCELLED') then now() end) returning number`,
    [randomUUID(), tenantId, type, name, state, startedAt ?? null],
  )
  const number = rows[0]?.number ?? ''
  ids.set(name, number)
  await database.pool.query(
    `insert into lanes (operation_number, lane, tenant_id, lease, row_number, line, byte, succeeded, unchanged, failed)
     select $1, lane - 1, $2, 1, 10, 11, 100, 10 * lane, lane, failed
     from unnest($3::bigint[]) with ordinality as each (failed, lane)`,
    [number, tenantId, failed],
  )
}

async function namesOf(page: Partial<JobPage>): Promise<readonly (string | undefined)[]> {
  const jobs = await listJobs(database.pool, database.tenantId, { ...ALL, ...page })
  const names = new Map(Array.from(ids, ([name, id]) => [id, name]))
  return jobs.map((job) => names.get(job.id))
}

const matching = (condition: JobCondition) => namesOf({ condition })

beforeAll(async () => {
  database = await testDatabase()
  const tenant = await database.pool.query<{ id: number }>(`insert into tenants (name) values ('other') returning id`)
  otherTenant = tenant.rows[0]?.id ?? 0
  await write('queued', { state: 'SCHEDULED' })
  await write('running', { state: 'PROCESSING', failed: [0, 2], startedAt: '2025-04-04T13:12:13.000500Z' })
  await write('import', { state: 'COMPLETED', type: 'IMPORT_USERS', failed: [0] })
  await write('clean', { state: 'COMPLETED', failed: [0, 0], startedAt: '2025-04-04T13:12:14Z' })
  await write('warned', { state: 'COMPLETED', failed: [0, 3], startedAt: '2025-04-04T13:12:15Z' })
  await write('foreign', { state: 'COMPLETED', tenantId: otherTenant })
  await write('failed', { state: 'FAILED', failed: [1], startedAt: '2025-04-04T13:12:16Z' })
  await write('cancelled', { state: 'CANCELLED' })
})
afterAll(() => database.drop())

describe('jobs', () => {
  it("are the tenant's quick enrollments, newest first", async () => {
    expect(await namesOf({})).toEqual(['cancelled', 'failed', 'warned', 'clean', 'running', 'queued'])
  })

  it('have a status that tells whether rows failed', async () => {
    const statuses = (await listJobs(database.pool, database.tenantId, ALL)).map((job) => job.status)
    expect(statuses).toEqual(['ERROR', 'ERROR', 'WARNING', 'COMPLETED', 'RUNNING', 'QUEUED'])
  })

  it('sum the counters of their lanes', async () => {
    const job = await findJob(database.pool, database.tenantId, ids.get('warned') ?? '')
    expect(job).toMatchObject({ status: 'WARNING', total: 10, succeeded: 30, unchanged: 3, failed: 3, fault: null })
    expect(job?.startedAt).toEqual(new Date('2025-04-04T13:12:15Z'))
    const queued = await findJob(database.pool, database.tenantId, ids.get('queued') ?? '')
    expect(queued).toMatchObject({ succeeded: 0, unchanged: 0, failed: 0, startedAt: null, endedAt: null })
  })

  it('are not found under another tenant, another type or an unknown number', async () => {
    for (const id of [ids.get('foreign'), ids.get('import'), '1', '999999999999999999']) {
      expect(await findJob(database.pool, database.tenantId, id ?? '')).toBeNull()
    }
  })

  it('are cut into pages by the first id, by a number to skip and by a limit', async () => {
    const fromId = ids.get('warned') ?? ''
    expect(await namesOf({ fromId, limit: 2 })).toEqual(['warned', 'clean'])
    expect(await namesOf({ skip: 4 })).toEqual(['running', 'queued'])
    expect(await namesOf({ condition: { kind: 'status', among: ['ERROR', 'RUNNING'] }, skip: 1 })).toEqual([
      'failed',
      'running',
    ])
  })

  it('are filtered by status and start, joined in any way', async () => {
    const instant = new Date('2025-04-04T13:12:14Z')
    const completed: JobCondition = { kind: 'status', among: ['COMPLETED', 'WARNING'] }
    const since: JobCondition = { kind: 'start', operator: 'gt', instant }
    expect(await matching(completed)).toEqual(['warned', 'clean'])
    expect(await matching(since)).toEqual(['failed', 'warned'])
    expect(await matching({ kind: 'not', condition: since })).toEqual(['cancelled', 'clean', 'running', 'queued'])
    expect(await matching({ kind: 'and', conditions: [completed, since] })).toEqual(['warned'])
    expect(await matching({ kind: 'or', conditions: [completed, since] })).toEqual(['failed', 'warned', 'clean'])
    expect(await matching({ kind: 'not', condition: { kind: 'or', conditions: [completed, since] } })).toEqual([
      'cancelled',
      'running',
      'queued',
    ])
    expect(await matching({ kind: 'started' })).toEqual(['failed', 'warned', 'clean', 'running'])
    expect(await matching({ kind: 'never' })).toEqual([])
    expect(await matching({ kind: 'and', conditions: [{ kind: 'always' }, completed] })).toEqual(['warned', 'clean'])
  })

  it('compare their start by the millisecond, as it is told', async () => {
    const instant = new Date('2025-04-04T13:12:13.000Z')
    const at = (operator: 'eq' | 'ne' | 'ge' | 'le' | 'lt') => matching({ kind: 'start', operator, instant })
    expect(await at('eq')).toEqual(['running'])
    expect(await at('le')).toEqual(['running'])
    expect(await at('lt')).toEqual([])
    expect(await at('ge')).toEqual(['failed', 'warned', 'clean', 'running'])
    expect(await at('ne')).toEqual(['cancelled', 'failed', 'warned', 'clean', 'queued'])
  })

  it('tell their first failed rows with every mistake of each', async () => {
    const id = ids.get('warned') ?? ''
    await database.pool.query(
      `insert into failed_rows (operation_number, row_number, ordinal, tenant_id, line, code, column_name, params)
       select $1, row, ordinal, $2, row + 1, 'REQUIRED', 'Email', case when ordinal = 1 then '{"max": 1}'::jsonb end
       from generate_series(1, 9) row, generate_series(0, 1) ordinal`,
      [id, database.tenantId],
    )
    const failures = await firstJobFailures(database.pool, database.tenantId, id, 3)
    expect(failures.map(({ row }) => row)).toEqual([1, 2, 3])
    expect(failures[0]?.mistakes).toEqual([
      { code: 'REQUIRED', column: 'Email', params: undefined },
      { code: 'REQUIRED', column: 'Email', params: { max: 1 } },
    ])
    expect(await firstJobFailures(database.pool, otherTenant, id, 3)).toEqual([])
  })
})
