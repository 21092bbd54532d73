import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ensureTenant } from '../../src/directory/tenants.ts'
import {
  findClaimedPass,
  type GivenClaim,
  insertClaim,
  removeExpiredClaims,
  useClaim,
} from '../../src/passes/claims.ts'
import { type MadePass, makePass, newTokenHash } from './made-passes.ts'

let database: TestDatabase
let pass: MadePass
let claim: GivenClaim

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

beforeEach(async () => {
  pass = await makePass(database)
  claim = await claimed('apple')
})

async function claimed(wallet: 'apple' | 'google', seconds = 60): Promise<GivenClaim> {
  const { pool, tenantId } = database
  const made = { enrollment: pass.enrollment, tenantId, wallet, tokenHash: newTokenHash() }
  expect(await insertClaim(pool, { ...made, seconds })).toBe(true)
  return { ...made, tenantId: null }
}

const find = (given: Partial<GivenClaim> = {}) => findClaimedPass(database.pool, { ...claim, ...given })
const use = (given: Partial<GivenClaim> = {}) => useClaim(database.pool, { ...claim, ...given })

async function claimedAt() {
  const { rows } = await database.pool.query<{ apple: Date | null; google: Date | null }>(
    'select apple_claimed_at as apple, google_claimed_at as google from passes where id = $1',
    [pass.id],
  )
  return rows[0]
}

const makeVoid = () => database.pool.query('update passes set voided_at = now() where id = $1', [pass.id])

describe('a claim', () => {
  it('shows the pass as often as one looks, and gives it once', async () => {
    for (const _ of [1, 2]) {
      expect(await find()).toMatchObject({
        serial: pass.serial,
        voided: false,
        enrollment: {
          organization: 'test',
          fields: [
            { name: 'FirstName', type: 'text', value: 'Jane' },
            { name: 'EmployeeNumber', type: 'barcode', value: 'E-1' },
          ],
        },
      })
    }
    expect(await claimedAt()).toEqual({ apple: null, google: null })
    expect(await use()).toBe(true)
    expect(await claimedAt()).toEqual({ apple: expect.any(Date), google: null })
    expect(await find()).toBeNull()
    expect(await use()).toBe(false)
  })

  it('gives the pass to one of many who come at once', async () => {
    const given = await Promise.all(Array.from({ length: 20 }, () => use()))
    expect(given.filter((isGiven) => isGiven)).toHaveLength(1)
  })

  it('keeps when the pass was given first', async () => {
    await use()
    const first = await claimedAt()
    claim = await claimed('apple')
    expect(await use()).toBe(true)
    expect(await claimedAt()).toEqual(first)
    claim = await claimed('google')
    expect(await use()).toBe(true)
    expect(await claimedAt()).toEqual({ apple: first?.apple, google: expect.any(Date) })
  })

  it('is no good for another wallet, enrollment, design, tenant or token', async () => {
    const other = await makePass(database)
    const { workflowId, key } = pass.enrollment
    const foreign: Partial<GivenClaim>[] = [
      { wallet: 'google' },
      { tokenHash: newTokenHash() },
      { enrollment: other.enrollment },
      { enrollment: { workflowId: other.enrollment.workflowId, key } },
      { enrollment: { workflowId, key: other.enrollment.key } },
      { enrollment: { workflowId, key: 'x' } },
      { enrollment: { workflowId, key: '9'.repeat(30) } },
      { tenantId: await ensureTenant(database.pool, 'other') },
    ]
    for (const given of foreign) {
      expect(await find(given)).toBeNull()
      expect(await use(given)).toBe(false)
    }
    expect(await use({ tenantId: database.tenantId })).toBe(true)
  })

  it('is no good once it has expired', async () => {
    await database.pool.query(`update pass_claims set expires_at = now() where token_hash = $1`, [claim.tokenHash])
    expect(await find()).toBeNull()
    expect(await use()).toBe(false)
  })

  it('is no good once the pass is void, or its enrollment deleted', async () => {
    await makeVoid()
    expect(await find()).toBeNull()
    expect(await use()).toBe(false)
    pass = await makePass(database)
    claim = await claimed('apple')
    await database.pool.query('delete from enrollment_records where id = $1', [pass.enrollment.key])
    expect(await find()).toBeNull()
    expect(await use()).toBe(false)
  })

  it('gives nothing while the pass becomes void', async () => {
    const revoking = await database.pool.connect()
    try {
      await revoking.query('begin')
      await revoking.query('update passes set voided_at = now() where id = $1', [pass.id])
      const using = use()
      await waitsForLock()
      await revoking.query('commit')
      expect(await using).toBe(false)
    } finally {
      revoking.release()
    }
    expect(await claimedAt()).toEqual({ apple: null, google: null })
  })

  it('is noted for passes in force alone', async () => {
    const { pool, tenantId } = database
    const wanted = { wallet: 'apple', seconds: 60, tenantId, enrollment: pass.enrollment } as const
    const others = [
      { tenantId: await ensureTenant(pool, 'other') },
      { enrollment: { ...pass.enrollment, key: 'x' } },
      { enrollment: { ...pass.enrollment, workflowId: (await makePass(database)).enrollment.workflowId } },
    ]
    for (const other of others) {
      expect(await insertClaim(pool, { ...wanted, ...other, tokenHash: newTokenHash() })).toBe(false)
    }
    await makeVoid()
    expect(await insertClaim(pool, { ...wanted, tokenHash: newTokenHash() })).toBe(false)
  })
})

it('claims that expired a day ago are removed, so many at a time', async () => {
  const { pool } = database
  await pool.query('delete from pass_claims')
  const claims = await Promise.all(Array.from({ length: 5 }, () => claimed('apple')))
  const old = claims.slice(0, 3).map(({ tokenHash }) => tokenHash)
  const aged = `update pass_claims set expires_at = now() - interval '25 hours' where token_hash = any($1)`
  await pool.query(aged, [old])
  expect(await removeExpiredClaims(pool, 2)).toBe(2)
  expect(await removeExpiredClaims(pool, 2)).toBe(1)
  expect(await removeExpiredClaims(pool, 2)).toBe(0)
  const { rows } = await pool.query('select from pass_claims')
  expect(rows).toHaveLength(2)
})

/** Returns when a statement waits for a lock. */
async function waitsForLock(): Promise<void> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  while ((await database.pool.query(waiting)).rowCount === 0);
}
