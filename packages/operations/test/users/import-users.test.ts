import { type EngineHarness, engineHarness } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
  await harness.database.pool.query('insert into groups (tenant_id, name) values ($1, $2)', [
    harness.database.tenantId,
    'Sales',
  ])
})
afterAll(() => harness.database.drop())
beforeEach(() => harness.clear())

describe('IMPORT_USERS', () => {
  it('creates users with their attributes and group', async () => {
    const outcome = await harness.run(
      'userId,firstName,email,locked,group,department\na,Ann,ann@example.com,true,Sales,Research\nb,,,,,\n',
    )
    expect(outcome).toMatchObject({ state: 'COMPLETED', total: 2, succeeded: 2, failed: 0, failures: [] })
    expect(await harness.users()).toMatchObject([
      {
        user_id: 'a',
        first_name: 'Ann',
        email: 'ann@example.com',
        locked: true,
        attributes: { department: 'Research' },
        groups: ['Sales'],
      },
      { user_id: 'b', first_name: null, email: null, locked: false, attributes: null, groups: null },
    ])
  })

  it('tells all mistakes of a row, those that only the directory knows among them', async () => {
    await harness.run('userId\nold\n')
    const outcome = await harness.run('userId,email,mobile,group\nold,nobody,12,Nowhere\n,,,\nok,,,Sales\n')
    expect(outcome).toMatchObject({ total: 3, succeeded: 1, failed: 2 })
    expect(outcome.failures).toEqual([
      '1 INVALID_EMAIL email',
      '1 INVALID_PHONE mobile',
      '1 GROUP_NOT_FOUND group',
      '1 USER_EXISTS userId',
      '2 REQUIRED userId',
    ])
  })

  it('fails a repeated key with the number of the row that was applied', async () => {
    const outcome = await harness.run('userId,email\na,bad\na,a@example.com\na,\na,bad\nA,\n')
    expect(outcome.failures).toEqual([
      '1 INVALID_EMAIL email',
      '3 DUPLICATE_KEY userId 2',
      '4 INVALID_EMAIL email',
      '4 DUPLICATE_KEY userId 2',
    ])
    expect((await harness.users()).map(({ user_id }) => user_id)).toEqual(['A', 'a'])
  })

  it('names the first row across chunks and turns too', async () => {
    const id = await harness.upload('userId\na\nb\na\nc\na\n')
    while ((await harness.turn(id, { chunks: 1, engine: { chunkSize: 1 } })) === 'turn-over');
    expect((await harness.outcome(id)).failures).toEqual(['3 DUPLICATE_KEY userId 1', '5 DUPLICATE_KEY userId 1'])
  })

  it('keeps tenants apart', async () => {
    await harness.database.pool.query(`insert into users (tenant_id, user_id) values (-1, 'a')`)
    expect(await harness.run('userId\na\n')).toMatchObject({ succeeded: 1, failed: 0 })
  })

  it('creates a user once when two operations bring it at the same moment', async () => {
    const file = `userId\n${Array.from({ length: 500 }, (_, i) => `u${i}`).join('\n')}\n`
    const outcomes = await Promise.all([harness.run(file), harness.run(file)])
    expect(outcomes.map(({ state }) => state)).toEqual(['COMPLETED', 'COMPLETED'])
    expect((outcomes[0]?.succeeded ?? 0) + (outcomes[1]?.succeeded ?? 0)).toBe(500)
    for (const { failures } of outcomes)
      for (const failure of failures) expect(failure).toMatch(/^\d+ USER_EXISTS userId$/)
    expect(await harness.users()).toHaveLength(500)
  })

  it('fails only the rows that are broken as records or bytes, with their lines', async () => {
    const bytes = Buffer.concat([
      Buffer.from('userId,firstName\na,Ann\nb,B"ad\nc\nd,'),
      Buffer.from([0xff]),
      Buffer.from('\n\ne,"two\nlines"\nf,last'),
    ])
    const id = await harness.upload(bytes)
    await harness.turn(id)
    const { rows } = await harness.database.pool.query('select row_number, line, code from failed_rows order by 1')
    expect(rows).toEqual([
      { row_number: '2', line: '3', code: 'MALFORMED_ROW' },
      { row_number: '3', line: '4', code: 'MALFORMED_ROW' },
      { row_number: '4', line: '5', code: 'INVALID_BYTES' },
    ])
    expect((await harness.users()).map(({ user_id }) => user_id)).toEqual(['a', 'e', 'f'])
  })
})
