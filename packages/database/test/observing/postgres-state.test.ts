import { type TestDatabase, testDatabase } from '@muster/testkit'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresState } from '../../src/observing/postgres-state.ts'
import { createPool } from '../../src/pool.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

describe('the state of PostgreSQL', () => {
  it('tells of its connections, their limit and the size of the database', async () => {
    const state = await postgresState(database.pool)
    expect(state.connections).toBeGreaterThanOrEqual(1)
    // The test server takes 300, of which three are for superusers.
    expect(state.connectionsLimit).toBe(297)
    expect(state.sizeBytes).toBeGreaterThan(1_000_000)
  })

  it('counts the connections of others too, for one who may not look into them', async () => {
    const role = `observer_${database.url.slice(-16)}`
    await database.pool.query(`create role ${role} login password 'observer'`)
    const url = new URL(database.url)
    url.username = role
    url.password = 'observer'
    const own = createPool(url.href, { applicationName: 'observer', connections: 1 })
    const others = Array.from({ length: 5 }, () => new Client(database.url))
    try {
      await Promise.all(others.map((client) => client.connect()))
      // Its own, and those five.
      expect((await postgresState(own)).connections).toBeGreaterThanOrEqual(6)
    } finally {
      await Promise.all(others.map((client) => client.end()))
      await own.end()
      await database.pool.query(`drop role ${role}`)
    }
  })

  it('is given up when PostgreSQL hangs, and asked again by another connection', async () => {
    const pool = createPool(database.url, { applicationName: 'hanging', connections: 1 })
    const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid')
    const pid = rows[0]?.pid ?? 0
    process.kill(pid, 'SIGSTOP')
    try {
      await expect(postgresState(pool)).rejects.toThrow('timeout')
      expect((await postgresState(pool)).connections).toBeGreaterThanOrEqual(1)
    } finally {
      process.kill(pid, 'SIGCONT')
      await pool.end()
    }
  })
})
