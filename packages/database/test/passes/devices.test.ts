import { randomUUID } from 'node:crypto'
import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { changedPasses, latestPass, registerDevice, unregisterDevice } from '../../src/passes/devices.ts'
import { type MadePass, makePass } from './made-passes.ts'

let database: TestDatabase
let pass: MadePass
let deviceId: string

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  pass = await makePass(database)
  deviceId = randomUUID()
})

const register = (serial = pass.serial, device = deviceId, token = 'token') =>
  registerDevice(database.pool, { deviceId: device, serial }, Buffer.from(token))

const changed = (after: string | null) => changedPasses(database.pool, deviceId, after)

const at = (table: 'passes' | 'enrollment_records', id: string, column: string, ago: string) =>
  database.pool.query(`update ${table} set ${column} = now() - $2::interval where id = $1`, [id, ago])

/** As if nothing had happened to the pass since. */
async function age(made: MadePass, ago: string): Promise<void> {
  await at('passes', made.id, 'changed_at', ago)
  await at('enrollment_records', made.enrollment.key, 'updated_at', ago)
}

describe('a device', () => {
  it('registers for a pass, again with another push token, and for no other', async () => {
    expect(await register()).toBe('new')
    expect(await register(pass.serial, deviceId, 'newer')).toBe('known')
    const { rows } = await database.pool.query('select push_token from pass_devices where device_id = $1', [deviceId])
    expect(rows).toEqual([{ push_token: Buffer.from('newer') }])
    expect(await register(randomUUID())).toBe('no-such-pass')
  })

  it('is forgotten when it asks for that', async () => {
    await register()
    await unregisterDevice(database.pool, { deviceId, serial: pass.serial })
    await unregisterDevice(database.pool, { deviceId, serial: pass.serial })
    expect((await changed(null)).serials).toEqual([])
  })

  it('is one of fifty at most', async () => {
    for (let n = 1; n <= 50; n++) expect(await register(pass.serial, `device ${n}`)).toBe('new')
    expect(await register(pass.serial, 'one more')).toBe('full')
    expect(await register(pass.serial, 'device 50')).toBe('known')
  })
})

describe('the feed of changed passes', () => {
  it('has all passes of the device at first, and none when nothing changed since', async () => {
    const other = await makePass(database)
    await age(pass, '2 hours')
    await age(other, '1 hour')
    await Promise.all([register(), register(other.serial)])
    const first = await changed(null)
    expect(new Set(first.serials)).toEqual(new Set([pass.serial, other.serial]))
    expect((await changed(first.until)).serials).toEqual([])
  })

  it('has what is void now, what was changed, and what was deleted', async () => {
    const [kept, edited, deleted] = [await makePass(database), await makePass(database), await makePass(database)]
    for (const each of [pass, kept, edited, deleted]) {
      await age(each, '1 hour')
      await register(each.serial)
    }
    const { until } = await changed(null)
    await database.pool.query('update passes set voided_at = now(), changed_at = now() where id = $1', [pass.id])
    await at('enrollment_records', edited.enrollment.key, 'updated_at', '0')
    await database.pool.query('delete from enrollment_records where id = $1', [deleted.enrollment.key])
    await at('passes', deleted.id, 'changed_at', '0')
    expect(new Set((await changed(until)).serials)).toEqual(new Set([pass.serial, edited.serial, deleted.serial]))
  })

  it('misses nothing that was changed earlier and committed later', async () => {
    await register()
    const { until } = await changed(null)
    await age(pass, '30 seconds')
    expect((await changed(until)).serials).toEqual([pass.serial])
  })
})

describe('the latest pass', () => {
  it('has what its enrollment has now', async () => {
    const fields = `update enrollment_records set fields = fields || '{"FirstName": "Joan"}' where id = $1`
    await database.pool.query(fields, [pass.enrollment.key])
    expect(await latestPass(database.pool, pass.serial)).toMatchObject({
      serial: pass.serial,
      voided: false,
      enrollment: { fields: [{ value: 'Joan' }, { value: 'E-1' }] },
    })
    expect(await latestPass(database.pool, randomUUID())).toBeNull()
  })

  it('is void when it was made void, or its enrollment deleted', async () => {
    const other = await makePass(database)
    await database.pool.query('update passes set voided_at = now() where id = $1', [pass.id])
    await database.pool.query('delete from enrollment_records where id = $1', [other.enrollment.key])
    expect(await latestPass(database.pool, pass.serial)).toMatchObject({ voided: true })
    expect(await latestPass(database.pool, other.serial)).toMatchObject({
      voided: true,
      enrollment: { organization: 'test', fields: [] },
    })
  })

  it('is settled when its last change is a minute old', async () => {
    await age(pass, '1 hour')
    const old = await latestPass(database.pool, pass.serial)
    expect(old?.settledAt).toEqual(old?.changedAt)
    await at('passes', pass.id, 'changed_at', '1 second')
    const fresh = await latestPass(database.pool, pass.serial)
    expect(Number(fresh?.changedAt) - Number(fresh?.settledAt)).toBeGreaterThan(50_000)
  })
})
