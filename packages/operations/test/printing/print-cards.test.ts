import { encodeEnrollmentId } from '@muster/contracts'
import type { Card, Outbox, Printer, PrintJob } from '@muster/engine'
import { type PrintEnrollmentsOptions, printCards } from '@muster/operations'
import { type EngineHarness, engineHarness, enrollmentRecords } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())
beforeEach(() => harness.clear())

const OPTIONS: PrintEnrollmentsOptions = {
  printer: { id: '1', name: 'Front desk', kind: 'pdf', address: null },
  hopper: 2,
  exceptionMessage: 'call 42',
}

/** Prints the names on the cards into a file, and refuses those of nobody. */
class NamePrinter implements Printer {
  readonly jobs: PrintJob[] = []
  readonly #beforeEach: (card: Card) => Promise<void>

  constructor(before: (card: Card) => Promise<void> = async () => {}) {
    this.#beforeEach = before
  }

  async print(job: PrintJob, cards: AsyncIterable<Card>, resultKey: string, signal: AbortSignal) {
    this.jobs.push(job)
    const refused: { row: number; problem: string }[] = []
    const lines: string[] = []
    for await (const card of cards) {
      await this.#beforeEach(card)
      signal.throwIfAborted()
      const name = nameOn(card)
      if (name === 'Nobody') refused.push({ row: card.row, problem: 'nobody is on it' })
      else lines.push(`${card.row} ${name}\n`)
    }
    await harness.files.write(resultKey, bytes(lines.join('')))
    return refused
  }
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

function nameOn({ enrollment }: Card): string {
  return enrollment.fields.find(({ name }) => name === 'FirstName')?.value ?? ''
}

const people = (...names: string[]) =>
  enrollmentRecords(
    harness.database,
    names.map((FirstName, index) => ({ FirstName, LastName: 'L', EmployeeNumber: String(index) })),
  )

async function asked(ids: readonly string[], chunkSize = 5_000): Promise<string> {
  const id = await harness.upload(`id\n${ids.join('\n')}\n`, { type: 'PRINT_ENROLLMENTS', options: OPTIONS })
  while ((await harness.turn(id, { engine: { chunkSize } })) === 'turn-over');
  return id
}

function deliver(operation: string, printer: Printer, settings: { outbox?: Outbox; signal?: AbortSignal } = {}) {
  const messages = settings.outbox ?? harness.messages.outbox
  const courier = printCards({ printers: { pdf: printer }, cards: harness.messages.cards, outbox: messages })
  return harness.deliver(operation, { PRINT_ENROLLMENTS: courier }, settings.signal && { signal: settings.signal })
}

async function printed(operation: string): Promise<string | null> {
  const { pool } = harness.database
  const sql = 'select result_key from operations where id = $1'
  const { rows } = await pool.query<{ result_key: string | null }>(sql, [operation])
  const key = rows[0]?.result_key ?? null
  if (key === null) return null
  expect(key).toBe(`operations/${operation}/result`)
  const chunks: Uint8Array[] = []
  for await (const chunk of harness.files.read(key)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const removed = (id: string | undefined) => {
  const key = Buffer.from(id ?? '', 'base64url')
    .toString()
    .match(/"(\d+)"/)?.[1]
  return harness.database.pool.query('delete from enrollment_records where id = $1', [key])
}

describe('PRINT_ENROLLMENTS', () => {
  it('prints every enrollment in the order of the rows, as it was asked, and is over then', async () => {
    const [ann = '', bob = '', cy = ''] = await people('Ann', 'Bob', 'Cy')
    const operation = await asked([cy, ann, bob], 1)
    expect(await harness.outcome(operation)).toMatchObject({ state: 'PROCESSING', total: 3, succeeded: 0 })
    const printer = new NamePrinter()
    expect(await deliver(operation, printer)).toBe('ended')
    expect(await printed(operation)).toBe('1 Cy\n2 Ann\n3 Bob\n')
    expect(printer.jobs).toEqual([
      { printer: OPTIONS.printer, hopper: OPTIONS.hopper, exceptionMessage: OPTIONS.exceptionMessage },
    ])
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', total: 3, succeeded: 3, failed: 0 })
  })

  it('tells of every row why it has no card, and prints the others', async () => {
    const [ann = '', nobody = '', gone = ''] = await people('Ann', 'Nobody', 'Gone')
    const elsewhere = encodeEnrollmentId({ workflowId: '925090aa-decc-40fe-b3e4-16021c6592b0', key: '1' })
    const operation = await asked(['hello', elsewhere, nobody, gone, ann, ann])
    await removed(gone)
    await deliver(operation, new NamePrinter())
    expect(await printed(operation)).toBe('5 Ann\n')
    expect(await harness.outcome(operation)).toMatchObject({
      state: 'COMPLETED',
      succeeded: 1,
      failed: 5,
      failures: [
        '1 INVALID_ENROLLMENT_ID id',
        '2 DESIGN_NOT_FOUND id',
        '3 CARD_NOT_PRINTABLE nobody is on it',
        '4 ENROLLMENT_NOT_FOUND',
        '6 DUPLICATE_KEY id 5',
      ],
    })
  })

  it('has no result when no card was printed', async () => {
    const [nobody = '', gone = ''] = await people('Nobody', 'Gone')
    const operation = await asked([nobody, gone])
    await removed(gone)
    await deliver(operation, new NamePrinter())
    expect(await printed(operation)).toBeNull()
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', failed: 2 })
  })

  it('prints nothing before all rows are read', async () => {
    const ids = await people('Ann', 'Bob')
    const operation = await harness.upload(`id\n${ids.join('\n')}\n`, { type: 'PRINT_ENROLLMENTS', options: OPTIONS })
    await harness.turn(operation, { chunks: 1, engine: { chunkSize: 1 } })
    const printer = new NamePrinter()
    await deliver(operation, printer)
    expect(printer.jobs).toEqual([])
    while ((await harness.turn(operation)) === 'turn-over');
    await deliver(operation, printer)
    expect(await printed(operation)).toBe('1 Ann\n2 Bob\n')
  })

  it('prints all of it again when the printer was away, or the process died before it was noted', async () => {
    const operation = await asked(await people('Ann', 'Bob'))
    const away = new NamePrinter(() => Promise.reject(new Error('out of cards')))
    await expect(deliver(operation, away)).rejects.toThrow('out of cards')
    const dying = { ...harness.messages.outbox, settleAll: () => Promise.reject(new Error('killed')) }
    await expect(deliver(operation, new NamePrinter(), { outbox: dying })).rejects.toThrow('killed')
    expect(await harness.outcome(operation)).toMatchObject({ state: 'PROCESSING', succeeded: 0, failed: 0 })
    await deliver(operation, new NamePrinter())
    expect(await printed(operation)).toBe('1 Ann\n2 Bob\n')
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', succeeded: 2 })
  })

  it('leaves what was printed alone when only the end was not noted', async () => {
    const operation = await asked(await people('Ann'))
    const dying = { ...harness.messages.outbox, complete: () => Promise.reject(new Error('killed')) }
    const courier = printCards({
      printers: { pdf: new NamePrinter() },
      cards: harness.messages.cards,
      outbox: harness.messages.outbox,
    })
    await expect(harness.deliver(operation, { PRINT_ENROLLMENTS: courier }, { outbox: dying })).rejects.toThrow(
      'killed',
    )
    const printer = new NamePrinter()
    await deliver(operation, printer)
    expect(printer.jobs).toEqual([])
    expect(await printed(operation)).toBe('1 Ann\n')
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', succeeded: 1 })
  })

  it('counts nothing when it is cancelled while it prints', async () => {
    const operation = await asked(await people('Ann', 'Bob'))
    const cancelling = new NamePrinter(() => harness.messages.control(operation, 'cancel'))
    await deliver(operation, cancelling)
    expect(await printed(operation)).toBeNull()
    expect(await harness.outcome(operation)).toMatchObject({ state: 'CANCELLED', succeeded: 0, failed: 0 })
  })

  it('gives up printing when the worker is to stop', async () => {
    const operation = await asked(await people('Ann', 'Bob'))
    const controller = new AbortController()
    const stopping = new NamePrinter(async () => controller.abort(new Error('stopping')))
    await expect(deliver(operation, stopping, { signal: controller.signal })).rejects.toThrow('stopping')
    expect(await harness.outcome(operation)).toMatchObject({ state: 'PROCESSING', succeeded: 0 })
  })

  it('has the same outcome whatever the chunk size', async () => {
    const [ann = '', bob = '', cy = ''] = await people('Ann', 'Bob', 'Cy')
    const ids = [ann, 'x', bob, ann, cy, bob, 'y']
    const outcomes: unknown[] = []
    for (const chunkSize of [1, 3, 5_000]) {
      const operation = await asked(ids, chunkSize)
      await deliver(operation, new NamePrinter())
      outcomes.push([await harness.outcome(operation), await printed(operation)])
    }
    expect(outcomes[1]).toEqual(outcomes[0])
    expect(outcomes[2]).toEqual(outcomes[0])
  })
})
