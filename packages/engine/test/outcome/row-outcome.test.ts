import { type RowOutcome, rowOperation, text } from '@muster/engine'
import { type EngineHarness, engineHarness } from '@muster/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())

/** Its rows' ids say what becomes of them. */
const operation = rowOperation({
  type: 'IMPORT_USERS',
  title: 'Sample',
  permission: 'BULKUSERS:ADD',
  options: () => null,
  columns: () => [text('id', 'id', { required: true, example: ['', ''] }), text('x', 'x', { example: ['', ''] })],
  otherColumn: null,
  key: 'id',
  content: null,
  isOrdered: false,
  isDeferred: false,
  apply: () => `
    succeeded as (
      select row_number from input where not refused and id like 's%' and $1::int > 0 and $2::bigint > 0),
    unchanged as (select row_number from input where not refused and id like 'u%'),
    mistakes as (
      select row_number, 'USER_EXISTS' as code, 'id' as column_name, null::jsonb as params from input where id like 'f%')`,
})
const OPERATIONS = { operations: { ...{ IMPORT_USERS: operation } } }

const EXPECTED: Readonly<Record<string, RowOutcome['outcome']>> = { s: 'succeeded', u: 'unchanged', f: 'failed' }

const record = fc.record({
  text: fc.oneof(
    fc.tuple(fc.constantFrom('s', 'u', 'f'), fc.nat({ max: 9 })).map(([kind, n]) => `${kind}${n},é`),
    fc.constantFrom('s1,"two\nlines"', 'u1,"two\r\nlines"', ',nobody', 'f"x,', 'one cell'),
  ),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  blankLines: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 3 }) }),
})

interface Placed {
  readonly expected: RowOutcome['outcome']
  readonly line: number
  readonly byte: number
}

/** A file of the records, and for each what is to be told of it. */
function fileOf(records: readonly { text: string; lineEnd: string; blankLines: number }[]) {
  let content = 'id,x\n'
  const placed: Placed[] = []
  for (const { text, lineEnd, blankLines } of records) {
    content += '\n'.repeat(blankLines)
    const expected = /^[suf]\d/.test(text) ? (EXPECTED[text.charAt(0)] ?? null) : 'failed'
    placed.push({ expected, line: content.split('\n').length, byte: Buffer.byteLength(content) })
    content += text + lineEnd
  }
  return { content, placed }
}

const cancel = (id: string) =>
  harness.database.pool.query(
    `update operations set state = 'CANCELLED', reason = 'no', changed_by = 'test', ended_at = now(), lease = lease + 1
    where id = $1 and ended_at is null`,
    [id],
  )

describe('what is told of each row', () => {
  it('adds up to the counts, whatever chunks, lanes and turns there are and wherever it stops', async () => {
    const settings = fc.record({
      chunkSize: fc.integer({ min: 1, max: 12 }),
      lanes: fc.integer({ min: 1, max: 4 }),
      turns: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
      finish: fc.boolean(),
      maxFailedRows: fc.option(fc.nat({ max: 8 })),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 30 }), settings, async (records, how) => {
        await harness.clear()
        const { content, placed } = fileOf(records)
        const engine = { ...OPERATIONS, chunkSize: how.chunkSize, lanes: how.lanes }
        const id = await harness.upload(content, { policy: { maxFailedRows: how.maxFailedRows } })
        for (const chunks of how.turns) await harness.turn(id, { chunks, engine })
        if (how.finish) await harness.turn(id, { engine })
        else await cancel(id)
        await harness.turn(id, { engine })

        const counts = await harness.outcome(id)
        expect(counts.total).toBe(placed.length)
        const told: RowOutcome[] = []
        for (const [index] of placed.entries()) told.push(await harness.row(id, index + 1, OPERATIONS))
        const count = (outcome: RowOutcome['outcome']) => told.filter((row) => row.outcome === outcome).length
        expect(count('succeeded')).toBe(counts.succeeded)
        expect(count('unchanged')).toBe(counts.unchanged)
        expect(count('failed')).toBe(counts.failed)
        expect(count('unprocessed')).toBe(placed.length - counts.succeeded - counts.unchanged - counts.failed)
        for (const [index, { outcome, line, byte, failures }] of told.entries()) {
          const { expected, ...place } = placed[index] ?? { expected: null }
          if (outcome !== 'unprocessed') expect(outcome).toBe(expected)
          if (outcome !== 'unprocessed' || line !== null) expect({ line, byte }).toEqual(place)
          expect(failures.length > 0).toBe(outcome === 'failed')
        }
      }),
      { numRuns: 40 },
    )
  })

  it('reads no further back than the chunk before the row', async () => {
    await harness.clear()
    const content = `id,x\n${'s1,x\n'.repeat(100)}`
    const id = await harness.upload(content)
    await harness.turn(id, { engine: { ...OPERATIONS, chunkSize: 10, lanes: 1 } })
    const from: (number | undefined)[] = []
    const files = {
      ...harness.files,
      read: (key: string, byte?: number) => {
        from.push(byte)
        return harness.files.read(key, byte)
      },
    }
    expect(await harness.row(id, 95, { ...OPERATIONS, files })).toMatchObject({ line: 96, byte: 5 + 94 * 5 })
    expect(from).toEqual([5 + 90 * 5])
  })

  it('is told when the files are gone, as far as it can be', async () => {
    await harness.clear()
    const id = await harness.upload('id,x\ns1,\nu1,\nf1,\n,x\n')
    await harness.turn(id, { engine: OPERATIONS })
    await harness.files.remove(`operations/${id}`)
    const told = []
    for (const row of [1, 2, 3, 4]) told.push(await harness.row(id, row, OPERATIONS))
    expect(told).toMatchObject([
      { outcome: 'succeeded', line: null, byte: null },
      { outcome: 'unchanged', line: null, byte: null },
      { outcome: 'failed', line: 4, byte: null, failures: [{ code: 'USER_EXISTS' }] },
      { outcome: 'failed', line: 5, byte: null, failures: [{ code: 'REQUIRED' }] },
    ])
  })
})
