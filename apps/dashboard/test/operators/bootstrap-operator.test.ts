import { findOperator, insertSession, setOperatorRole, useSession } from '@muster/database'
import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bootstrapOperator } from '../../src/operators/bootstrap-operator.ts'
import { isPassword } from '../../src/operators/password.ts'

const GIVEN = { name: 'operator', password: 'correct horse battery' }

describe('the operator whom the settings name', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.drop())
  beforeEach(() => database.pool.query('truncate operators, operator_sessions'))

  const stored = async () => {
    const operator = await findOperator(database.pool, 'operator')
    if (operator === null) throw new Error('there is none')
    return operator
  }

  it('is made once, however many processes start at once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => bootstrapOperator(database.pool, GIVEN)))
    const operator = await stored()
    expect(operator.role).toBe('operator')
    expect(await isPassword(GIVEN.password, operator.passwordHash)).toBe(true)
  })

  it('keeps hash and sessions when nothing changed, and is an operator again', async () => {
    await bootstrapOperator(database.pool, GIVEN)
    const { id, passwordHash } = await stored()
    await insertSession(database.pool, 'token', { operatorId: id, name: 'operator', role: 'operator' })
    await setOperatorRole(database.pool, 'operator', 'viewer')
    await bootstrapOperator(database.pool, GIVEN)
    expect(await stored()).toMatchObject({ id, passwordHash, role: 'operator' })
    expect(await useSession(database.pool, 'token')).toMatchObject({ role: 'operator' })
  })

  it('gets a changed password, which ends the sessions, once for all processes', async () => {
    await bootstrapOperator(database.pool, GIVEN)
    const { id } = await stored()
    await insertSession(database.pool, 'token', { operatorId: id, name: 'operator', role: 'operator' })
    const changed = { ...GIVEN, password: 'another horse battery' }
    await Promise.all(Array.from({ length: 3 }, () => bootstrapOperator(database.pool, changed)))
    expect(await isPassword(changed.password, (await stored()).passwordHash)).toBe(true)
    expect(await useSession(database.pool, 'token')).toBeNull()
  })

  it('is refused with what is wrong, and without the password', async () => {
    const short = bootstrapOperator(database.pool, { name: 'operator', password: 'hunter2' })
    await expect(short).rejects.toThrow('OPERATOR_PASSWORD: expected at least 12 characters')
    await expect(short).rejects.not.toThrow('hunter2')
    await expect(bootstrapOperator(database.pool, { ...GIVEN, name: '\n' })).rejects.toThrow('OPERATOR_NAME')
  })
})
