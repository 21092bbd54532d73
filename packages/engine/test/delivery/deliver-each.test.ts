import { type EngineHarness, engineHarness, enrollmentRecords } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { courier, DELIVERED, mails, REFUSED } from './mails.ts'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())
beforeEach(async () => {
  await harness.clear()
  harness.told.ended = []
  harness.told.deliveries = []
})

const sql = (text: string, values: unknown[] = []) => harness.database.pool.query(text, values)
const pending = () => harness.messages.pending()

describe('carrying messages out', () => {
  it('marks a message before, and settles it after with its row’s outcome', async () => {
    const operation = await mails(harness, 3)
    const { couriers } = courier(async (row) => {
      const { rows } = await sql('select held_by is not null as held, settled_at from outbox where row_number = $1', [
        row,
      ])
      expect(rows).toEqual([{ held: true, settled_at: null }])
      return row === 2 ? REFUSED : DELIVERED
    })
    expect(await harness.deliver(operation, couriers)).toBe('ended')
    expect(await harness.outcome(operation)).toMatchObject({
      state: 'COMPLETED',
      succeeded: 2,
      failed: 1,
      failures: ['2 MAIL_REFUSED 550 no'],
    })
    expect(harness.told).toMatchObject({ ended: ['COMPLETED'], mismatches: 0 })
    expect(harness.told.deliveries.toSorted()).toEqual(['delivered', 'delivered', 'failed'])
  })

  it('carries and holds no more at the same time than it may, and leaves no place empty', async () => {
    const operation = await mails(harness, 60)
    let now = 0
    let most = 0
    let mostHeld = 0
    const { carried, couriers } = courier(async (row) => {
      most = Math.max(most, ++now)
      // Some are over soon, so that they wait to be settled while others begin.
      const { rows } = await sql(
        'select count(*)::int as held, pg_sleep($1) from outbox where held_by is not null and settled_at is null',
        [row % 3 === 0 ? 0.01 : 0],
      )
      mostHeld = Math.max(mostHeld, rows[0]?.held)
      now--
      return DELIVERED
    })
    await harness.deliver(operation, couriers, { atOnce: 4 })
    expect(most).toBe(4)
    expect(mostHeld).toBe(4)
    expect(carried.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
  })

  it('begins as many as its courier admits, and holds no other meanwhile', async () => {
    const operation = await mails(harness, 5)
    const { carried, couriers } = courier(() => DELIVERED)
    const admitted = [2, 0, 2, 5]
    const admit = async () => {
      const { rows } = await sql(
        'select count(*)::int as held from outbox where held_by is not null and settled_at is null',
      )
      expect(rows[0]?.held).toBeLessThanOrEqual(carried.length)
      return admitted.shift() ?? 0
    }
    const paced = { SEND_MFP: { ...couriers.SEND_MFP, admit } }
    while ((await harness.deliver(operation, paced)) === 'turn-over');
    expect(carried.toSorted()).toEqual([1, 2, 3, 4, 5])
    expect(admitted).toEqual([])
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', succeeded: 5 })
  })

  it('tells the first of the failed rows, whichever failed first', async () => {
    const operation = await mails(harness, 12)
    await harness.deliver(operation, courier((row) => (row >= 3 ? REFUSED : DELIVERED)).couriers, { atOnce: 12 })
    const { rows } = await sql('select first_failed_row from lanes')
    expect(rows).toEqual([{ first_failed_row: '3' }])
    const groups = await sql('select code, rows, first_rows from error_groups')
    expect(groups.rows).toEqual([
      { code: 'MAIL_REFUSED', rows: '10', first_rows: ['3', '4', '5', '6', '7', '8', '9', '10', '11', '12'] },
    ])
  })

  it('ends its turn when it is asked to, and goes on in the next', async () => {
    const operation = await mails(harness, 5)
    const { carried, couriers } = courier(() => DELIVERED)
    expect(await harness.deliver(operation, couriers, { atOnce: 2, isOver: () => carried.length >= 2 })).toBe(
      'turn-over',
    )
    expect(carried).toHaveLength(2)
    await harness.deliver(operation, couriers)
    expect(carried.toSorted()).toEqual([1, 2, 3, 4, 5])
  })

  it('completes an operation only when its rows are all read as well', async () => {
    const ids = await enrollmentRecords(harness.database, [{ Email: 'a@example.com' }, { Email: 'b@example.com' }])
    const operation = await harness.upload(`id\n${ids.join('\n')}\n`, { type: 'SEND_MFP' })
    await harness.turn(operation, { chunks: 1, engine: { chunkSize: 1 } })
    const { couriers } = courier(() => DELIVERED)
    await harness.deliver(operation, couriers)
    expect(await harness.outcome(operation)).toMatchObject({ state: 'PROCESSING', total: null, succeeded: 1 })
    while ((await harness.turn(operation)) === 'turn-over');
    expect(await harness.outcome(operation)).toMatchObject({ state: 'PROCESSING', total: 2, succeeded: 1 })
    await harness.deliver(operation, couriers)
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', total: 2, succeeded: 2 })
  })

  it('completes it also when the last message was settled just before its rows were all read', async () => {
    const [id = ''] = await enrollmentRecords(harness.database, [{ Email: 'a@example.com' }])
    const operation = await harness.upload(`id\n${id}\nbroken\n`, { type: 'SEND_MFP' })
    await harness.turn(operation, { chunks: 1, engine: { chunkSize: 1 } })
    await harness.deliver(operation, courier(() => DELIVERED).couriers)
    while ((await harness.turn(operation)) === 'turn-over');
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', succeeded: 1, failed: 1 })
  })

  it('knows the first of the failed rows also when it failed last', async () => {
    const operation = await mails(harness, 3)
    const { couriers } = courier((row, tries) =>
      row === 1 && tries === 0 ? { kind: 'postponed', reply: '451 later' } : REFUSED,
    )
    await harness.deliver(operation, couriers)
    await sql('update outbox set due_at = now() where settled_at is null')
    await harness.deliver(operation, couriers)
    const { rows } = await sql('select first_failed_row, failed from lanes')
    expect(rows).toEqual([{ first_failed_row: '1', failed: '3' }])
  })

  it('completes it when the last message is settled while its end is being written', async () => {
    const [id = ''] = await enrollmentRecords(harness.database, [{ Email: 'a@example.com' }])
    const operation = await harness.upload(`id\n${id}\nbroken\n`, { type: 'SEND_MFP' })
    await harness.turn(operation, { chunks: 1, engine: { chunkSize: 1 } })
    const { outbox } = harness.messages
    const delivering = await outbox.find(operation)
    if (delivering === null) throw new Error('no operation')
    const holder = '00000000-0000-4000-8000-000000000000'
    await outbox.hold(delivering, [1], holder, 120)

    const { store } = harness.engine
    const complete: typeof store.complete = async (claim, total) => {
      const other = await harness.database.pool.connect()
      await other.query('begin')
      await other.query('select from operations where number = $1 for update', [claim.number])
      // It has looked at the outbox, and waits for the operation.
      const ended = store.complete(claim, total)
      const waits = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
      while ((await sql(waits)).rowCount === 0);
      await outbox.settle(delivering, holder, [{ row: 1, mistake: null }], [])
      await other.query('commit')
      other.release()
      return ended
    }
    await harness.turn(operation, { engine: { store: { ...store, complete } } })
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', succeeded: 1, failed: 1 })
  })

  it('stops when more rows failed than the policy allows, and sends no more', async () => {
    const operation = await mails(harness, 30, { maxFailedRows: 2 })
    const { carried, couriers } = courier(() => REFUSED)
    await harness.deliver(operation, couriers, { atOnce: 2 })
    expect(await harness.outcome(operation)).toMatchObject({ state: 'FAILED', succeeded: 0, failed: carried.length })
    expect(carried.length).toBeLessThan(8)
    expect(await pending()).toEqual([])
  })
})

describe('what is away', () => {
  it('is waited for, longer each time, and nobody is forgotten or told twice', async () => {
    const operation = await mails(harness, 6)
    const away = courier(() => ({ kind: 'away', reply: 'ECONNREFUSED' }))
    expect(await harness.deliver(operation, away.couriers, { atOnce: 2 })).toBe('ended')
    expect(away.carried).toHaveLength(2)
    expect(await pending()).toEqual([])
    for (const seconds of [1, 2, 4]) {
      expect(await waitOf(operation)).toBe(seconds)
      await sql('update operations set deliver_after = now()')
      expect(await pending()).toEqual([operation])
      await harness.deliver(operation, away.couriers, { atOnce: 2 })
    }
    await sql('update operations set deliver_after = now()')
    const there = courier(() => DELIVERED)
    await harness.deliver(operation, there.couriers)
    expect(there.carried.toSorted()).toEqual([1, 2, 3, 4, 5, 6])
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', succeeded: 6 })
    expect(await waitOf(operation)).toBeNull()
  })

  it('for one message alone holds up no other', async () => {
    const operation = await mails(harness, 3)
    const { carried, couriers } = courier((row, tries) =>
      row === 1 && tries === 0 ? { kind: 'postponed', reply: '451 later' } : DELIVERED,
    )
    await harness.deliver(operation, couriers)
    expect(await harness.outcome(operation)).toMatchObject({ state: 'PROCESSING', succeeded: 2 })
    expect(await pending()).toEqual([])
    await sql('update outbox set due_at = now() where settled_at is null')
    await harness.deliver(operation, couriers)
    expect(carried.filter((row) => row === 1)).toHaveLength(2)
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', succeeded: 3 })
  })

  it('for one message for a day fails its row, with the last answer', async () => {
    const operation = await mails(harness, 1)
    await sql(`update outbox set created_at = now() - interval '25 hours'`)
    await harness.deliver(operation, courier(() => ({ kind: 'postponed', reply: '451 later' })).couriers)
    expect(await harness.outcome(operation)).toMatchObject({
      state: 'COMPLETED',
      failures: ['1 NOT_DELIVERED 24,451 later'],
    })
  })
})

/** Seconds that the operation's messages are to wait; null when they are not. */
async function waitOf(id: string): Promise<number | null> {
  const { rows } = await sql(
    'select round(extract(epoch from deliver_after - now()))::int as wait from operations where id = $1',
    [id],
  )
  return rows[0]?.wait
}
