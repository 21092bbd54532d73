import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cardStore, outbox } from '@muster/database'
import { printCards } from '@muster/operations'
import { pdfPrinter } from '@muster/printing'
import { type EngineHarness, engineHarness, enrollmentRecords, testFolder } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())

describe('an operation of PRINT_ENROLLMENTS', () => {
  it('ends with a PDF of its cards, and with failed rows for those that cannot be printed', async () => {
    const person = { LastName: 'Anders', EmployeeNumber: 'EMP-1' }
    const ids = await enrollmentRecords(harness.database, [
      { ...person, FirstName: 'Ann' },
      { ...person, FirstName: '🎉' },
      { ...person, FirstName: 'Bob', ExpiryDate: '2027-01-31' },
    ])
    const options = { printer: { id: '1', name: 'PDF', kind: 'pdf', address: null }, hopper: 1, exceptionMessage: null }
    const id = await harness.upload(`id\n${ids.join('\n')}\n`, { type: 'PRINT_ENROLLMENTS', options })
    while ((await harness.turn(id)) === 'turn-over');
    const { pool } = harness.database
    const courier = printCards({
      printers: { pdf: pdfPrinter(harness.files) },
      cards: cardStore(pool),
      outbox: outbox(pool),
    })
    await harness.deliver(id, { PRINT_ENROLLMENTS: courier })
    expect(await harness.outcome(id)).toMatchObject({
      state: 'COMPLETED',
      succeeded: 2,
      failed: 1,
      failures: ["2 CARD_NOT_PRINTABLE it has letters that the printer's font does not have"],
    })
    const pages = await textOf(`operations/${id}/result`)
    expect(pages).toHaveLength(2)
    expect(pages[0]).toMatch(/Employee Badge\s+FirstName +Ann\s+LastName +Anders\s+EMP-1/)
    expect(pages[1]).toMatch(/FirstName +Bob\s+LastName +Anders\s+ExpiryDate +2027-01-31\s+EMP-1/)
  })
})

async function textOf(key: string): Promise<string[]> {
  const file = join(await testFolder(), 'result.pdf')
  await writeFile(file, harness.files.read(key))
  const { stdout } = await promisify(execFile)('pdftotext', ['-layout', file, '-'])
  return stdout.split('\f').slice(0, -1)
}
