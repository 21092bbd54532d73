import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addOperator, listOperators } from '../../src/operators/operators.ts'
import {
  countSignInAttempt,
  forgetSignInFailures,
  LOCKED_SECONDS,
  MOST_WRONG_PASSWORDS,
} from '../../src/operators/sign-in-failures.ts'

describe('wrong passwords', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.drop())
  beforeEach(() => database.pool.query('truncate sign_in_failures'))

  const attempt = (name = 'olga') => countSignInAttempt(database.pool, name)
  const wrong = async (times: number) => {
    for (let n = 0; n < times; n++) expect(await attempt()).toBeNull()
  }
  const later = (interval: string) =>
    database.pool.query(
      'update sign_in_failures set last_at = last_at - $1::interval, locked_until = locked_until - $1::interval',
      [interval],
    )

  it('lock a name with the fifth, for a quarter of an hour', async () => {
    await wrong(MOST_WRONG_PASSWORDS)
    expect(await attempt()).toBe(LOCKED_SECONDS)
    await later('14 minutes')
    const left = await attempt()
    expect(left).toBeGreaterThan(30)
    expect(left).toBeLessThanOrEqual(60)
    expect(await attempt('vera')).toBeNull()
    await later('61 seconds')
    await wrong(MOST_WRONG_PASSWORDS)
    expect(await attempt()).not.toBeNull()
  })

  it('are five at most, however many come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => attempt()))
    expect(answers.filter((wait) => wait === null)).toHaveLength(MOST_WRONG_PASSWORDS)
    expect(answers.every((wait) => wait === null || (wait > 0 && wait <= LOCKED_SECONDS))).toBe(true)
  })

  it('are forgotten with a right one, by an operator, or after a quarter of an hour', async () => {
    await wrong(4)
    expect(await forgetSignInFailures(database.pool, 'olga')).toBe(true)
    expect(await forgetSignInFailures(database.pool, 'olga')).toBe(false)
    await wrong(4)
    await later('16 minutes')
    await wrong(5)
    expect(await attempt()).not.toBeNull()
  })

  it('are kept without the name, which may be a password, and for a day', async () => {
    await attempt('hunter2')
    const { rows } = await database.pool.query<{ text: string }>('select f::text as text from sign_in_failures f')
    expect(JSON.stringify(rows)).not.toContain('hunter2')
    expect(JSON.stringify(rows)).not.toContain(Buffer.from('hunter2').toString('hex'))
    await later('25 hours')
    await attempt('olga')
    expect((await database.pool.query('select from sign_in_failures')).rowCount).toBe(1)
  })

  it('are shown with the operator whom they lock', async () => {
    await addOperator(database.pool, { name: 'Zoë', passwordHash: 'x', role: 'viewer' })
    for (let n = 0; n < MOST_WRONG_PASSWORDS; n++) await attempt('Zoë')
    const [zoe] = await listOperators(database.pool)
    expect(zoe?.lockedUntil?.getTime()).toBeGreaterThan(Date.now() + 800_000)
    await later('16 minutes')
    expect((await listOperators(database.pool))[0]?.lockedUntil).toBeNull()
  })
})
