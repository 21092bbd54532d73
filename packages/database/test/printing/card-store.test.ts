import { cardStore, outbox } from '@muster/database'
import type { Delivering, PendingCard } from '@muster/engine/ports'
import { type EngineHarness, engineHarness, enrollmentRecords } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())

async function asked(ids: readonly string[]): Promise<Delivering> {
  const options = { printer: { id: '1', name: 'PDF', kind: 'pdf', address: null }, hopper: 1, exceptionMessage: null }
  const id = await harness.upload(`id\n${ids.join('\n')}\n`, { type: 'PRINT_ENROLLMENTS', options })
  while ((await harness.turn(id)) === 'turn-over');
  const operation = await outbox(harness.database.pool).find(id)
  if (operation === null) throw new Error('no such operation')
  return operation
}

async function pending(operation: Delivering): Promise<PendingCard[][]> {
  const batches: PendingCard[][] = []
  for await (const batch of cardStore(harness.database.pool).pending(operation)) batches.push([...batch])
  return batches
}

describe('cards that are to be printed', () => {
  it('come in the order of their rows, a few at a time however many there are', async () => {
    const count = 2_345
    const ids = await enrollmentRecords(
      harness.database,
      Array.from({ length: count }, (_, index) => ({ FirstName: `F${index}`, EmployeeNumber: String(index) })),
    )
    const batches = await pending(await asked(ids))
    expect(Math.max(...batches.map(({ length }) => length))).toBe(10)
    const cards = batches.flat()
    expect(cards.map(({ row }) => row)).toEqual(ids.map((_, index) => index + 1))
    expect(cards[1_234]?.enrollment).toEqual({
      organization: 'test',
      design: 'Employee Badge',
      fields: [
        { name: 'FirstName', type: 'text', value: 'F1234' },
        { name: 'EmployeeNumber', type: 'barcode', value: '1234' },
      ],
    })
  })

  it('leave out what is settled, and tell what was deleted since', async () => {
    const ids = await enrollmentRecords(harness.database, [{ FirstName: 'A' }, { FirstName: 'B' }, { FirstName: 'C' }])
    const operation = await asked(ids)
    const { pool } = harness.database
    await pool.query('update outbox set settled_at = now() where operation_number = $1 and row_number = 1', [
      operation.number,
    ])
    await pool.query(
      'delete from enrollment_records where id = (select subject_id from outbox where operation_number = $1 and row_number = 3)',
      [operation.number],
    )
    const cards = (await pending(operation)).flat()
    expect(cards.map(({ row, enrollment }) => [row, enrollment?.fields[0]?.value ?? null])).toEqual([
      [2, 'B'],
      [3, null],
    ])
  })
})
