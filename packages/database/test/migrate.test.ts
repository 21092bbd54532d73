import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { migrate } from '../src/migrate.ts'

const name = `migrate_${randomBytes(6).toString('hex')}`
const url = new URL(inject('postgresUrl'))
url.pathname = name

const asAdministrator = async (sql: string) => {
  const client = new Client(inject('postgresUrl'))
  await client.connect()
  await client.query(sql)
  await client.end()
}

beforeAll(() => asAdministrator(`create database ${name}`))
afterAll(() => asAdministrator(`drop database ${name} with (force)`))

describe('migrating', () => {
  it('is done once, whichever of several processes begins', async () => {
    const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(url.href)))
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
    expect(applied.flat()).toContain('0001_foundation')
  })

  it('again changes nothing', async () => {
    expect(await migrate(url.href)).toEqual([])
  })
})
