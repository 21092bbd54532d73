import type { WholeCourier } from '@muster/engine'
import { type EngineHarness, engineHarness } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { courier, DELIVERED, mails } from './mails.ts'

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
const control = (operation: string, what: 'cancel' | 'pause' | 'resume') => harness.messages.control(operation, what)

describe('messages that are carried out together', () => {
  it('end their operation when more of them failed than its policy allows', async () => {
    const operation = await mails(harness, 3, { maxFailedRows: 1 })
    const { outbox } = harness.messages
    const mistake = { code: 'CARD_NOT_PRINTABLE', params: { problem: 'no photo' } } as const
    const whole: WholeCourier = {
      deliver: (delivering) =>
        outbox.settleAll(
          delivering,
          [1, 3].map((row) => ({ row, mistake })),
          null,
        ),
    }
    expect(await harness.deliver(operation, { SEND_MFP: whole })).toBe('ended')
    expect(await harness.outcome(operation)).toMatchObject({ state: 'FAILED', succeeded: 1, failed: 2 })
  })
})

describe('a worker that dies', () => {
  it('leaves messages whose fate is unknown: they are told as such and not carried out again', async () => {
    const operation = await mails(harness, 3)
    const messages = harness.messages.outbox
    const delivering = await messages.find(operation)
    if (delivering === null) throw new Error('no operation')
    await messages.hold(delivering, [2], '00000000-0000-4000-8000-000000000000', 120)

    const { carried, couriers } = courier(() => DELIVERED)
    await harness.deliver(operation, couriers)
    expect(carried.toSorted()).toEqual([1, 3])
    expect(await harness.outcome(operation)).toMatchObject({ state: 'PROCESSING', succeeded: 2 })
    expect(await pending()).toEqual([])

    await sql('update outbox set due_at = now() where held_by is not null')
    expect(await pending()).toEqual([operation])
    await harness.deliver(operation, couriers)
    expect(carried).toHaveLength(2)
    expect(await harness.outcome(operation)).toMatchObject({
      state: 'COMPLETED',
      succeeded: 2,
      failed: 1,
      failures: ['2 DELIVERY_UNCERTAIN'],
    })
  })

  it('may come back with its answer when it was given up: the row has one outcome', async () => {
    const operation = await mails(harness, 1)
    const messages = harness.messages.outbox
    const { couriers } = courier(async () => {
      await sql('update outbox set due_at = now()')
      const delivering = await messages.find(operation)
      if (delivering !== null) await messages.giveUp(delivering)
      return DELIVERED
    })
    await harness.deliver(operation, couriers)
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', succeeded: 0, failed: 1 })
  })

  it('between the last answer and the end of its operation is made up for', async () => {
    const operation = await mails(harness, 1)
    const { couriers } = courier(() => DELIVERED)
    const dies = { complete: () => Promise.reject(new Error('killed')) }
    await expect(harness.deliver(operation, couriers, { outbox: dies })).rejects.toThrow('killed')
    expect(await harness.outcome(operation)).toMatchObject({ state: 'PROCESSING', succeeded: 1 })
    expect(await pending()).toEqual([operation])
    await harness.deliver(operation, couriers)
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', succeeded: 1 })
  })
})

describe('a database that is away', () => {
  it('while answers come in costs none of them', async () => {
    const operation = await mails(harness, 2)
    const messages = harness.messages.outbox
    let failures = 1
    const settle: typeof messages.settle = (...given) =>
      failures-- > 0 ? Promise.reject(new Error('connection lost')) : messages.settle(...given)
    const { carried, couriers } = courier(() => DELIVERED)
    await expect(harness.deliver(operation, couriers, { outbox: { settle } })).rejects.toThrow('connection lost')
    await harness.deliver(operation, couriers)
    expect(carried.toSorted()).toEqual([1, 2])
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', succeeded: 2, failed: 0 })
  })
})

describe('an operation that is withdrawn', () => {
  it('keeps what was sent, sends no more, and a retry sends the rest', async () => {
    const operation = await mails(harness, 6)
    const { carried, couriers } = courier(async () => {
      if (carried.length === 2) await control(operation, 'cancel')
      return DELIVERED
    })
    await harness.deliver(operation, couriers, { atOnce: 2 })
    expect(carried).toHaveLength(2)
    await harness.turn(operation)
    expect(await harness.outcome(operation)).toMatchObject({ state: 'CANCELLED', total: 6, succeeded: 2, failed: 0 })
    expect(await pending()).toEqual([])
    expect(await harness.row(operation, carried[0] ?? 0)).toMatchObject({ outcome: 'succeeded' })
    expect(await harness.row(operation, 6)).toMatchObject({ outcome: 'unprocessed' })

    const retry = await harness.retry(operation)
    while ((await harness.turn(retry)) === 'turn-over');
    const rest = courier(() => DELIVERED)
    await harness.deliver(retry, rest.couriers)
    expect(await harness.outcome(retry)).toMatchObject({ state: 'COMPLETED', total: 4, succeeded: 4 })
    const { rows } = await sql('select sum(resolved)::int as resolved from lanes')
    expect(rows).toEqual([{ resolved: 4 }])
  })

  it('is told what became of a message that was out when its worker died', async () => {
    const operation = await mails(harness, 2)
    const messages = harness.messages.outbox
    const delivering = await messages.find(operation)
    if (delivering === null) throw new Error('no operation')
    await messages.hold(delivering, [1], '00000000-0000-4000-8000-000000000000', 120)
    await control(operation, 'cancel')
    await sql('update outbox set due_at = now() where held_by is not null')
    expect(await pending()).toEqual([operation])
    await harness.deliver(operation, {})
    expect(await harness.outcome(operation)).toMatchObject({
      state: 'CANCELLED',
      failures: ['1 DELIVERY_UNCERTAIN'],
    })
  })

  it('waits while it is paused, and goes on when it is resumed', async () => {
    const operation = await mails(harness, 2)
    await control(operation, 'pause')
    const { carried, couriers } = courier(() => DELIVERED)
    await harness.deliver(operation, couriers)
    expect(carried).toEqual([])
    expect(await pending()).toEqual([])
    await control(operation, 'resume')
    expect(await pending()).toEqual([operation])
    await harness.deliver(operation, couriers)
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', succeeded: 2 })
  })
})
