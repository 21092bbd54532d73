import { FACTOR_TYPES } from '@muster/contracts'
import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listFactorConfigs } from '../../src/directory/factor-configs.ts'
import { listGroups } from '../../src/directory/groups.ts'
import { ensureTenant } from '../../src/directory/tenants.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

describe('a tenant', () => {
  it('starts with what every tenant has, once, however many processes meet it at once', async () => {
    const { pool } = database
    const ids = await Promise.all(Array.from({ length: 5 }, () => ensureTenant(pool, 'acme')))
    expect(new Set(ids).size).toBe(1)
    const [id = 0] = ids
    const configs = await listFactorConfigs(pool, id)
    expect(configs.map(({ factorType }) => factorType)).toEqual(FACTOR_TYPES)
    expect(configs[0]?.id).toBe('2000000283042')
    expect(configs.find(({ factorType }) => factorType === 'CustomTOTPAuthenticator')?.settings).toEqual({
      oath_type: 'totp',
      token_type: 'software',
      hash_algorithm: 'SHA1',
      totp_time_step: 30,
      otp_length: 6,
      max_nos_enrollment_per_user: 1,
    })
    expect(await listGroups(pool, id, { after: '', limit: 5 })).toMatchObject([{ name: 'All Users' }])
  })

  it('has nothing of another', async () => {
    const other = await ensureTenant(database.pool, 'other')
    const configs = await listFactorConfigs(database.pool, other)
    expect(configs).toHaveLength(11)
    expect(configs[0]?.id).not.toBe('2000000283042')
  })
})
