import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findOperation, type QueuePlace, queuePlace } from '../../src/index.ts'
import { type Made, makeOperations, makeTenants } from '../made-operations.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())
beforeEach(() => database.pool.query('truncate operations, lanes, operation_history restart identity'))

/** What each of these operations is told, with three in flight at most. */
async function places(...made: Omit<Made, 'tenantId'>[]): Promise<(QueuePlace | null)[]> {
  const { pool, tenantId } = database
  const ids = await makeOperations(
    pool,
    made.map((each) => ({ tenantId, ...each })),
  )
  return Promise.all(
    ids.map(async (id) => {
      const operation = await findOperation(pool, tenantId, id)
      if (operation === null) throw new Error('no such operation')
      return queuePlace(pool, operation, 3)
    }),
  )
}

const FOR_A_WORKER = 'It waits for a worker.'
const FOR_THE_LIMIT =
  '3 operations of yours are in flight, which is the limit; it goes on when one of them ends, or when it is the smallest of those that wait.'

describe('the place in the queue', () => {
  it('is told of those that wait for a worker first, and then of those that wait for others, in their order', async () => {
    expect(
      await places(
        { state: 'PROCESSING', bytes: 900 },
        { bytes: 800 },
        { bytes: 700 },
        { state: 'PROCESSING', bytes: 600 },
        { bytes: 100 },
        { bytes: 500 },
      ),
    ).toEqual([
      null,
      { place: 1, reason: FOR_A_WORKER },
      { place: 3, reason: FOR_THE_LIMIT },
      { place: 4, reason: FOR_THE_LIMIT },
      { place: 2, reason: FOR_A_WORKER },
      { place: 5, reason: FOR_THE_LIMIT },
    ])
  })

  it('is none while an operation is paused, which takes no place from others', async () => {
    const paused = { place: null, reason: 'It is paused; it goes on when it is resumed.' }
    expect(await places({ paused: true }, {}, { paused: true, state: 'PROCESSING' }, {})).toEqual([
      paused,
      { place: 1, reason: FOR_A_WORKER },
      paused,
      { place: 2, reason: FOR_A_WORKER },
    ])
  })

  it('is not told of an operation that awaits data or has ended', async () => {
    const endedAt = new Date()
    expect(await places({ state: 'AWAITING_DATA', bytes: null }, { state: 'CANCELLED', endedAt })).toEqual([null, null])
  })

  it('does not depend on other tenants', async () => {
    const [other = 0] = await makeTenants(database.pool, 1)
    await makeOperations(
      database.pool,
      Array.from({ length: 9 }, () => ({ tenantId: other })),
    )
    expect(await places({})).toEqual([{ place: 1, reason: FOR_A_WORKER }])
  })
})
