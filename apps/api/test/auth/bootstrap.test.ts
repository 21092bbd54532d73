import { randomBytes } from 'node:crypto'
import { ALL_SCOPES, FACTOR_TYPES } from '@muster/contracts'
import { findClient, listFactorConfigs } from '@muster/database'
import { SecretBox } from '@muster/engine'
import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootstrap } from '../../src/auth/bootstrap.ts'
import { hashSecret, isSecret } from '../../src/auth/client-secret.ts'
import { SigningKeys } from '../../src/auth/signing-keys.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

describe('the bootstrap', () => {
  it('makes the tenant and the client once, however many processes start', async () => {
    const { pool } = database
    const credentials = { id: 'first', secret: 'a secret of some length' }
    await Promise.all(Array.from({ length: 4 }, () => bootstrap(pool, credentials)))
    const client = await findClient(pool, 'first')
    expect(client).toMatchObject({ tenant: 'default', scopes: ALL_SCOPES })
    expect(client?.secretHash).not.toContain('secret')
    await bootstrap(pool, credentials)
    expect(await findClient(pool, 'first')).toEqual(client)
    const configs = await listFactorConfigs(pool, client?.tenantId ?? 0)
    expect(configs.map(({ id }) => id)).toEqual(FACTOR_TYPES.map((_, n) => String(2_000_000_283_042 + n)))
    expect(configs.map(({ factorType }) => factorType)).toEqual(FACTOR_TYPES)
  })

  it('takes a changed secret', async () => {
    await bootstrap(database.pool, { id: 'first', secret: 'another secret, also long' })
    const { secretHash } = (await findClient(database.pool, 'first')) ?? { secretHash: null }
    expect(await isSecret('another secret, also long', secretHash)).toBe(true)
    expect(await isSecret('a secret of some length', secretHash)).toBe(false)
  })
})

describe('a secret', () => {
  it('is not known of a client that does not exist', async () => {
    expect(await isSecret('', null)).toBe(false)
  })

  it('has another hash each time', async () => {
    expect(await hashSecret('x')).not.toBe(await hashSecret('x'))
  })

  it('is not checked by any number of requests at once', async () => {
    const hash = await hashSecret('x')
    const results = await Promise.allSettled(Array.from({ length: 80 }, () => isSecret('x', hash)))
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused.length).toBe(14)
    expect(refused[0]?.reason).toMatchObject({ status: 429 })
    expect(await isSecret('x', hash)).toBe(true)
  })
})

describe('the signing key', () => {
  it('is made once, however many processes start, and is sealed', async () => {
    const secrets = new SecretBox([randomBytes(32)])
    const all = Array.from({ length: 4 }, () => new SigningKeys(database.pool, secrets))
    await Promise.all(all.map((keys) => keys.load()))
    expect(new Set(all.map((keys) => keys.signing.id)).size).toBe(1)
    const { rows } = await database.pool.query('select private_jwk from signing_keys')
    expect(rows).toHaveLength(1)
    expect(rows[0].private_jwk.toString('latin1')).not.toContain('"d"')
  })

  it('of another secrets key is not opened', async () => {
    await expect(new SigningKeys(database.pool, new SecretBox([randomBytes(32)])).load()).rejects.toThrow(
      'sealed with key',
    )
  })
})
