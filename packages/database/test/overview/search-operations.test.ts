import { OPERATION_STATES } from '@muster/contracts'
import { type TestDatabase, testDatabase } from '@muster/testkit'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  COUNTED_UP_TO,
  countStates,
  NAMES_AT_ONCE,
  type OperationSearch,
  searchOperations,
  tenantNamed,
} from '../../src/index.ts'

/** Rows of a hundred thousand: a page's, and for each of those that wait the ones before it. */
const LITTLE = 5_000

/** Enough for a look at all of them to be told from a look at a page. */
const OPERATIONS = 100_000
const TENANTS = 10
const PAGE = 50

let database: TestDatabase
/** One connection, so that what its transaction has read can be asked. */
let pool: Pool
beforeAll(async () => {
  database = await testDatabase()
  pool = new Pool({ connectionString: database.url, max: 1 })
  await fill()
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

/** In a thousand, six are of each open state and one has FAILED; every third of the open ones that can be is paused. */
async function fill(): Promise<void> {
  await pool.query(`insert into tenants (name) select 'tenant ' || n from generate_series(1, ${TENANTS}) n`)
  // The history is not looked at here.
  await pool.query('alter table operations disable trigger user')
  await pool.query(
    `insert into operations (id, tenant_id, type, name, state, paused, reason, options, source, created_by, changed_by,
      total, created_at, started_at, ended_at)
    select gen_random_uuid(), (select min(id) from tenants where name like 'tenant %') + n % ${TENANTS},
      (array['IMPORT_USERS', 'QUICK_ENROLLMENT', 'SEND_MFP'])[case when n % 500 = 7 then 3 else n % 2 + 1 end],
      'Upload ' || n, state, state in ('SCHEDULED', 'PROCESSING') and n % 3 = 0, 'made', 'null',
      jsonb_build_object('kind', 'csv', 'bytes', 1000, 'encoding', 'UTF-8',
        'sha256', encode(sha256(convert_to((n / 2)::text, 'UTF8')), 'hex'), 'padding', repeat('x', 400)),
      'test', 'test', case when ended then 5 end, now(), null, case when ended then now() end
    from (
      select n, state, state in ('COMPLETED', 'FAILED', 'CANCELLED') as ended from (
        select n, case when n % 1000 < 6 then 'AWAITING_DATA' when n % 1000 < 12 then 'SCHEDULED'
          when n % 1000 < 18 then 'PROCESSING' when n % 1000 = 18 then 'FAILED'
          when n % 4 = 0 then 'CANCELLED' else 'COMPLETED' end as state
        from generate_series(1, ${OPERATIONS}) n
      ) numbered
    ) stated order by n`,
  )
  await pool.query('alter table operations enable trigger user')
  // A transaction of autovacuum's, in this database, keeps a vacuum from seeing that all rows are there for everybody.
  await vi.waitUntil(vacuumed, { timeout: 60_000 })
}

/** Whether counting by an index need not look at the rows now. */
async function vacuumed(): Promise<boolean> {
  await pool.query('vacuum analyze operations')
  const { rows } = await pool.query<{ all: boolean }>(
    `select relallvisible = relpages as all from pg_class where relname = 'operations'`,
  )
  return rows[0]?.all ?? false
}

const ALL: OperationSearch = {
  state: null,
  paused: false,
  type: null,
  tenantId: null,
  sought: null,
  before: null,
  limit: PAGE,
}

/** What the work gave, and what of the table `operations` was read for it. */
async function reading<T>(work: () => Promise<T>): Promise<{ answer: T; scans: number; rows: number }> {
  await pool.query('begin')
  const before = await read()
  const answer = await work()
  const after = await read()
  await pool.query('commit')
  return { answer, scans: after.scans - before.scans, rows: after.rows - before.rows }
}

/** Since some time before the transaction, which is as far as this connection has not told the others. */
async function read(): Promise<{ scans: number; rows: number }> {
  const { rows } = await pool.query<{ scans: number; rows: number }>(
    `select seq_scan::int as scans, (seq_tup_read + idx_tup_fetch)::int as rows
    from pg_stat_xact_user_tables where relname = 'operations'`,
  )
  if (rows[0] === undefined) throw new Error('PostgreSQL does not tell')
  return rows[0]
}

const search = (asked: Partial<OperationSearch>) => searchOperations(pool, { ...ALL, ...asked })

/** Of the n-th that was made. */
async function made(n: number) {
  const { rows } = await pool.query<{ id: string; number: string; sha256: string; tenant_id: number }>(
    `select id, number, source ->> 'sha256' as sha256, tenant_id from operations where name = $1`,
    [`Upload ${n}`],
  )
  if (rows[0] === undefined) throw new Error('no such operation')
  return rows[0]
}

describe('a search in a hundred thousand operations', () => {
  const SEARCHES: readonly (readonly [string, Partial<OperationSearch>])[] = [
    ['all', {}],
    ...OPERATION_STATES.map((state) => [state, { state }] as const),
    ['those that are paused', { paused: true }],
    ['a type that is rare', { type: 'SEND_MFP' }],
    ['a rare type in a common state', { type: 'SEND_MFP', state: 'COMPLETED' }],
    ['a page far back', { before: '2000000293142' }],
    ['a hash that no file has', { sought: { by: 'sha256', sha256: 'f'.repeat(64) } }],
    ['a number that is nobody’s', { sought: { by: 'number', number: '17' } }],
    ['an id that is nobody’s', { sought: { by: 'id', id: '00000000-0000-4000-8000-000000000000' } }],
  ]

  it.each(SEARCHES)('for %s reads by indexes, and little', async (_what, asked) => {
    const { answer, scans, rows } = await reading(() => search(asked))
    expect(scans).toBe(0)
    expect(rows).toBeLessThan(LITTLE)
    const numbers = answer.operations.map(({ number }) => number)
    expect(numbers).toEqual([...numbers].sort((a, b) => Number(b - a)))
    for (const { state, type, paused } of answer.operations) {
      expect({ state, type, paused }).toMatchObject({
        state: asked.state ?? state,
        type: asked.type ?? type,
        paused: asked.paused === true ? true : paused,
      })
    }
  })

  it('for a tenant’s in a state reads by indexes, and little', async () => {
    const tenant = await tenantNamed(pool, 'tenant 9')
    expect(tenant).toEqual(await tenantNamed(pool, String(tenant?.id)))
    const { answer, scans, rows } = await reading(() => search({ tenantId: tenant?.id ?? 0, state: 'FAILED' }))
    expect(scans).toBe(0)
    expect(rows).toBeLessThan(LITTLE)
    expect(answer.operations).toHaveLength(PAGE)
    expect(new Set(answer.operations.map(({ tenantName }) => tenantName))).toEqual(new Set(['tenant 9']))
    expect(await tenantNamed(pool, 'tenant')).toBeNull()
  })

  it('counts the states without reading more than it tells, and those of one tenant alone', async () => {
    const { answer, scans, rows } = await reading(() => countStates(pool, null))
    expect(answer.states).toEqual({
      AWAITING_DATA: 600,
      SCHEDULED: 600,
      PROCESSING: 600,
      COMPLETED: COUNTED_UP_TO,
      FAILED: 100,
      CANCELLED: COUNTED_UP_TO,
    })
    expect(answer.paused).toBe(400)
    expect(scans).toBe(0)
    expect(rows).toBeLessThan(LITTLE)
    const { tenant_id } = await made(18)
    expect((await countStates(pool, tenant_id)).states).toMatchObject({ FAILED: 100, COMPLETED: 4_900 })
  })

  it('finds an operation by its id, its number and its file', async () => {
    const { id, number, sha256 } = await made(500)
    const ids = async (asked: Partial<OperationSearch>) => (await search(asked)).operations.map((found) => found.id)
    expect(await ids({ sought: { by: 'id', id } })).toEqual([id])
    expect(await ids({ sought: { by: 'number', number } })).toEqual([id])
    expect(await ids({ sought: { by: 'sha256', sha256 } })).toEqual([(await made(501)).id, id])
    expect(await ids({ sought: { by: 'sha256', sha256 }, tenantId: (await made(501)).tenant_id })).toHaveLength(1)
    expect(await ids({ sought: { by: 'id', id }, state: 'FAILED' })).toEqual([])
  })

  it('turns the pages without repeating or missing one', async () => {
    const numbers: bigint[] = []
    let before: string | null = null
    do {
      const page = await search({ state: 'FAILED', before, limit: 7 })
      numbers.push(...page.operations.map(({ number }) => number))
      before = page.next
    } while (before !== null)
    expect(numbers).toHaveLength(100)
    expect(new Set(numbers).size).toBe(100)
  })

  it('for a part of a name looks at so many at a time, and goes on where it stopped', async () => {
    // The oldest but one, whose name no other's has a part of.
    const sought = { by: 'name', part: 'UPLOAD 2' } as const
    const oldest = await made(2)
    const { answer, scans, rows } = await reading(() => search({ sought: { by: 'name', part: 'no such' } }))
    expect(answer.operations).toEqual([])
    expect(scans).toBe(0)
    expect(rows).toBeLessThanOrEqual(NAMES_AT_ONCE + PAGE)
    let next: string | null = null
    let looks = 0
    const found: string[] = []
    do {
      const page = await search({ sought, before: next, limit: 5_000 })
      found.push(...page.operations.map(({ id }) => id))
      next = page.next
      looks++
    } while (next !== null)
    expect(found).toHaveLength(11_111)
    expect(found.at(-1)).toBe(oldest.id)
    expect(looks).toBeGreaterThan(OPERATIONS / NAMES_AT_ONCE)
  })

  it('takes signs of patterns in a name for what they are', async () => {
    for (const part of ['%', '_', '\\', "'"]) {
      expect((await search({ sought: { by: 'name', part } })).operations).toEqual([])
    }
  })
})
