import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { deleteSession, endSessions, insertSession, useSession } from '../../src/operators/operator-sessions.ts'
import {
  addOperator,
  findOperator,
  rehashOperatorPassword,
  removeOperator,
  setOperatorPassword,
  setOperatorRole,
} from '../../src/operators/operators.ts'

describe('a session', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.drop())
  beforeEach(() => database.pool.query('truncate operators, operator_sessions'))

  const OUTSIDER = { operatorId: null, name: 'ines', role: 'viewer' } as const
  const insert = (token: string) => insertSession(database.pool, token, OUTSIDER)
  const use = (token: string) => useSession(database.pool, token)
  const age = (column: 'created_at' | 'used_at', interval: string) =>
    database.pool.query(`update operator_sessions set ${column} = now() - $1::interval`, [interval])
  const usedAgo = async () => {
    const sql = 'select extract(epoch from now() - used_at)::float8 as seconds from operator_sessions'
    return (await database.pool.query<{ seconds: number }>(sql)).rows[0]?.seconds
  }

  async function olga() {
    await addOperator(database.pool, { name: 'olga', passwordHash: 'old', role: 'operator' })
    const operator = await findOperator(database.pool, 'olga')
    if (operator === null) throw new Error('she was not added')
    await insertSession(database.pool, 'token', { operatorId: operator.id, name: 'olga', role: 'operator' })
    return operator
  }

  it('is found by its token and by no other', async () => {
    await insert('token')
    expect(await use('token')).toEqual(OUTSIDER)
    expect(await use('Token')).toBeNull()
    expect(await use('')).toBeNull()
  })

  it('ends after twelve hours, however it was used, and after one that it was not', async () => {
    await insert('token')
    await age('used_at', '59 minutes')
    expect(await use('token')).not.toBeNull()
    await age('created_at', '11 hours 59 minutes')
    expect(await use('token')).not.toBeNull()
    await age('created_at', '12 hours 1 second')
    expect(await use('token')).toBeNull()
    await age('created_at', '2 hours')
    await age('used_at', '61 minutes')
    expect(await use('token')).toBeNull()
  })

  it('ends with all others of its name, and with no other name', async () => {
    await olga()
    await insertSession(database.pool, 'elsewhere', { ...OUTSIDER, name: 'olga' })
    await insert('ines')
    expect(await endSessions(database.pool, 'olga')).toBe(2)
    expect([await use('token'), await use('elsewhere')]).toEqual([null, null])
    expect(await use('ines')).not.toBeNull()
  })

  it('is written to once a minute at most', async () => {
    await insert('token')
    await age('used_at', '50 seconds')
    await use('token')
    expect(await usedAgo()).toBeGreaterThan(49)
    await age('used_at', '61 seconds')
    await use('token')
    expect(await usedAgo()).toBeLessThan(30)
  })

  it('ends by itself alone when it is deleted', async () => {
    await insert('token')
    await insert('other')
    await deleteSession(database.pool, 'token')
    expect(await use('token')).toBeNull()
    expect(await use('other')).not.toBeNull()
  })

  it('goes, once it is too old, when the next one begins', async () => {
    await insert('old')
    await age('created_at', '13 hours')
    await insert('new')
    const { rowCount } = await database.pool.query('select from operator_sessions')
    expect(rowCount).toBe(1)
  })

  it('has the role that its operator has now, and ends with them or their password', async () => {
    const operator = await olga()
    expect(await use('token')).toEqual({ operatorId: operator.id, name: 'olga', role: 'operator' })
    expect(await setOperatorRole(database.pool, 'olga', 'viewer')).toBe(true)
    expect(await use('token')).toMatchObject({ role: 'viewer' })
    await rehashOperatorPassword(database.pool, operator, 'better')
    expect(await use('token')).not.toBeNull()
    expect(await setOperatorPassword(database.pool, 'olga', 'new')).toBe(true)
    expect(await use('token')).toBeNull()
    await insertSession(database.pool, 'again', { operatorId: operator.id, name: 'olga', role: 'operator' })
    expect(await removeOperator(database.pool, 'olga')).toBe(true)
    expect(await use('again')).toBeNull()
  })

  it('stays when a password is replaced that was replaced before', async () => {
    const operator = await olga()
    expect(await setOperatorPassword(database.pool, 'olga', 'new', 'something else')).toBe(false)
    expect(await use('token')).not.toBeNull()
    await setOperatorPassword(database.pool, 'olga', 'new')
    await rehashOperatorPassword(database.pool, operator, 'the old one, hashed better')
    expect((await findOperator(database.pool, 'olga'))?.passwordHash).toBe('new')
  })
})
