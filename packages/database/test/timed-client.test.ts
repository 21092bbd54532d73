import { type TestDatabase, testDatabase } from '@muster/testkit'
import type { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createPool } from '../src/pool.ts'

let database: TestDatabase
let pool: Pool
const told: number[] = []
beforeAll(async () => {
  database = await testDatabase()
  pool = createPool(database.url, { applicationName: 'timed', onQuery: (seconds) => void told.push(seconds) })
  await pool.query('select 1')
})
beforeEach(() => {
  told.length = 0
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

describe('a pool that tells how long statements take', () => {
  it('answers as any other, and tells of each statement once', async () => {
    expect((await pool.query('select $1::integer as n', [7])).rows).toEqual([{ n: 7 }])
    expect((await pool.query({ text: 'select 8 as n', rowMode: 'array' })).rows).toEqual([[8]])
    expect(told).toHaveLength(2)
    const client = await pool.connect()
    await client.query('begin')
    expect((await client.query<{ n: number }>('select 9 as n')).rows).toEqual([{ n: 9 }])
    await client.query('commit')
    client.release()
    expect(told).toHaveLength(5)
  })

  it('tells the time from the sending of a statement to its answer', async () => {
    await pool.query('select pg_sleep(0.3)')
    expect(told).toHaveLength(1)
    expect(told[0]).toBeGreaterThanOrEqual(0.29)
  })

  it('tells of those that fail too, and rejects as any other', async () => {
    await expect(pool.query('select nothing')).rejects.toMatchObject({ code: '42703' })
    const client = await pool.connect()
    await expect(client.query('select nothing')).rejects.toMatchObject({ code: '42703' })
    client.release()
    expect(told).toHaveLength(2)
  })
})
