import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { didNothing, isOutage } from '../src/outage.ts'
import { createPool } from '../src/pool.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

describe('a pool', () => {
  it('outlives the loss of an idle connection', async () => {
    const lost: Error[] = []
    const pool = createPool(database.url, { applicationName: 'idle', onIdleError: (error) => lost.push(error) })
    await pool.query('select 1')
    await database.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'idle'`)
    await expect.poll(() => lost.length).toBe(1)
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await pool.end()
  })

  it('ends statements that take too long', async () => {
    const pool = createPool(database.url, { applicationName: 'slow', statementTimeoutMs: 50 })
    await expect(pool.query('select pg_sleep(10)')).rejects.toSatisfy(isOutage)
    await pool.end()
  })
})

describe('an outage', () => {
  it('is a database that cannot be reached, and then nothing was done', async () => {
    const pool = createPool('postgresql://127.0.0.1:1/x', { applicationName: 'nowhere' })
    await expect(pool.query('select 1')).rejects.toSatisfy((error) => isOutage(error) && didNothing(error))
    await pool.end()
  })

  it('is a connection that ends during a statement, and then nobody knows what was done', async () => {
    const pool = createPool(database.url, { applicationName: 'cut' })
    const asked = pool.query('select pg_sleep(30)')
    const cut = () =>
      database.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut' and state = 'active'`,
      )
    const told = expect(asked).rejects.toSatisfy((error) => isOutage(error) && !didNothing(error))
    await expect.poll(async () => (await cut()).rowCount).toBe(1)
    await told
    await pool.end()
  })

  it('is no mistake in a statement', async () => {
    await expect(database.pool.query('select nothing')).rejects.toSatisfy((error) => !isOutage(error))
  })
})
