import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../src/test-database.ts'

describe('testDatabase', () => {
  let one: TestDatabase
  let other: TestDatabase
  beforeAll(async () => {
    ;[one, other] = await Promise.all([testDatabase(), testDatabase()])
  })
  afterAll(() => other.drop())

  it('has the whole schema and one tenant', async () => {
    const tenants = await one.pool.query('select id, name from tenants')
    expect(tenants.rows).toEqual([{ id: one.tenantId, name: 'test' }])
    const operations = await one.pool.query<{ count: string }>('select count(*) from operations')
    expect(operations.rows).toEqual([{ count: '0' }])
  })

  it('is seen by nobody else', async () => {
    await one.pool.query(`insert into tenants (name) values ('only here')`)
    const names = await other.pool.query('select name from tenants')
    expect(names.rows).toEqual([{ name: 'test' }])
  })

  it('is gone after drop, even while somebody is connected', async () => {
    const name = new URL(one.url).pathname.slice(1)
    const exists = () => other.pool.query('select from pg_database where datname = $1', [name])
    expect((await exists()).rowCount).toBe(1)
    await one.drop()
    expect((await exists()).rowCount).toBe(0)
  })
})
