import { setImmediate } from 'node:timers/promises'
import { rowOperation, text } from '@muster/engine'
import { type EngineHarness, engineHarness } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())
beforeEach(() => harness.clear())

const SHIFT_JIS = Buffer.concat([
  Buffer.from('userId,firstName\na,'),
  Buffer.from([0x91, 0xbe, 0x98, 0x59]),
  Buffer.from('\nb,'),
  Buffer.from([0x91]),
  Buffer.from('\nc,'),
  Buffer.from([0x83, 0x7c]),
  Buffer.from('\n'),
])

describe('a source of another encoding', () => {
  it('is read through a UTF-8 copy, broken bytes failing their rows alone', async () => {
    const outcome = await harness.run(SHIFT_JIS, { encoding: 'Shift_JIS' })
    expect(outcome).toMatchObject({
      state: 'COMPLETED',
      total: 3,
      succeeded: 2,
      failures: ['2 INVALID_BYTES Shift_JIS'],
    })
    expect(await harness.users()).toMatchObject([{ first_name: '太郎' }, { first_name: 'ポ' }])
  })

  it('is copied once, and goes on from the copy', async () => {
    const id = await harness.upload(SHIFT_JIS, { encoding: 'Shift_JIS' })
    await harness.turn(id, { chunks: 1, engine: { chunkSize: 1 } })
    await harness.files.remove(`operations/${id}/source`)
    await harness.turn(id)
    expect(await harness.outcome(id)).toMatchObject({ state: 'COMPLETED', total: 3, succeeded: 2 })
  })

  it('leaves no half copy when the worker must let go', async () => {
    const id = await harness.upload(SHIFT_JIS, { encoding: 'Shift_JIS' })
    expect(await harness.turn(id, { signal: AbortSignal.abort('shutdown') })).toBe('turn-over')
    const { rows } = await harness.database.pool.query('select normalised_key from operations')
    expect(rows).toEqual([{ normalised_key: null }])
    await harness.turn(id)
    expect(await harness.outcome(id)).toMatchObject({ state: 'COMPLETED', total: 3 })
  })
})

describe('the copy of a source', () => {
  it('is given up soon after its operation was paused, and made when it is resumed', async () => {
    const id = await harness.upload(SHIFT_JIS, { encoding: 'Shift_JIS' })
    const { reader } = harness.engine
    const endless: typeof reader = {
      ...reader,
      async *toUtf8(bytes, encoding) {
        yield* reader.toUtf8(bytes, encoding)
        await harness.database.pool.query(
          `update operations set paused = true, lease = lease + 1, reason = 'test', changed_by = 'test'`,
        )
        for (;;) {
          await setImmediate()
          yield Buffer.from('x')
        }
      },
    }
    expect(await harness.turn(id, { engine: { reader: endless } })).toBe('ended')
    await harness.database.pool.query(`update operations set paused = false, reason = 'test', changed_by = 'test'`)
    await harness.turn(id)
    expect(await harness.outcome(id)).toMatchObject({ state: 'COMPLETED', total: 3, succeeded: 2 })
  })
})

describe('a source that cannot be used any more', () => {
  it('fails the operation with what to do, the rows still adding up', async () => {
    const id = await harness.upload('userId\na\nb\nc\nd\n')
    await harness.turn(id, { chunks: 1, engine: { chunkSize: 3, lanes: 2 } })
    await harness.files.remove(`operations/${id}`)
    await harness.turn(id)
    const outcome = await harness.outcome(id)
    expect(outcome).toMatchObject({ state: 'FAILED', total: 3, succeeded: 3 })
    expect(outcome.fault).toMatch(/no longer in the file store. Upload it again/)
    expect(harness.told.mismatches).toBe(0)
  })

  it('is one that has become shorter', async () => {
    const id = await harness.upload('userId\na\nb\n')
    await harness.files.write(
      `operations/${id}/source`,
      (async function* () {
        yield Buffer.from('userId\na\n')
      })(),
    )
    await harness.turn(id)
    expect((await harness.outcome(id)).fault).toMatch(/9 bytes, but 11 were uploaded/)
  })
})

describe('a row that the database refuses against all checks', () => {
  it('fails alone, wherever it is', async () => {
    const picky = rowOperation({
      type: 'IMPORT_USERS',
      title: '',
      permission: 'BULKUSERS:ADD',
      options: () => null,
      otherColumn: null,
      key: 'userId',
      content: null,
      isOrdered: false,
      isDeferred: false,
      columns: () => [text('userId', 'user_id', { required: true, example: ['', ''] })],
      apply: () => `
        created as (insert into users (tenant_id, user_id, row_number, operation_number)
          select $1, user_id, 1000 / (case when user_id = 'bad' then 0 else 1 end), $2 from input where not refused returning id),
        succeeded as (select id as row_number from created),
        unchanged as (select null::bigint as row_number where false),
        mistakes as (select null::bigint as row_number, null::text as code, null::text as column_name, null::jsonb as params where false)`,
    })
    const rows = Array.from({ length: 100 }, (_, i) => (i === 37 || i === 99 ? 'bad' : `u${i}`))
    const outcome = await harness.run(
      `userId\n${rows.join('\n')}\n`,
      {},
      { operations: { ...harness.engine.operations, IMPORT_USERS: picky } },
    )
    expect(outcome).toMatchObject({ state: 'COMPLETED', total: 100, succeeded: 98, failed: 2 })
    expect(outcome.failures).toEqual(['38 NOT_STORABLE', '100 NOT_STORABLE'])
  })
})

describe('a file without rows', () => {
  it('is complete with none', async () => {
    const id = await harness.upload('userId\na\n')
    await harness.database.pool.query(
      `update operations set source = jsonb_set(jsonb_set(source, '{start,byte}', '9'), '{start,row}', '0')`,
    )
    await harness.turn(id)
    expect(await harness.outcome(id)).toMatchObject({ state: 'COMPLETED', total: 0 })
  })
})
