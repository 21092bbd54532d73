import { describe, expect, it } from 'vitest'
import { failedRecords } from '../../src/outcome/failed-records.ts'
import type { FailedRow, Row } from '../../src/ports/index.ts'
import { zipSource } from '../../src/source/archive.ts'

async function* batches<T>(...each: T[][]): AsyncIterable<readonly T[]> {
  yield* each
}

const row = (number: number, cells: string[], mistake: Row['mistake'] = null): Row => ({
  number,
  line: number + 1,
  cells,
  mistake,
  nextLine: number + 2,
  nextByte: number,
})
const failed = (of: number, code: FailedRow['code'], column: string | null): FailedRow => ({
  row: of,
  line: of + 1,
  code,
  column,
})

const csv = (header: readonly string[]) => ({ kind: 'csv', header }) as const

async function collect(records: AsyncIterable<readonly string[]>) {
  const all: (readonly string[])[] = []
  for await (const record of records) all.push(record)
  return all
}

describe('failedRecords', () => {
  const rows = () => batches([row(1, ['a', ' 1 ']), row(2, ['b', '2'])], [row(3, ['c', '3']), row(4, ['d', '4'])])

  it('has the original cells as they stand and joins the mistakes of a row', async () => {
    const failures = batches(
      [failed(1, 'REQUIRED', 'x'), failed(3, 'INVALID_EMAIL', 'x')],
      [failed(3, 'GROUP_NOT_FOUND', 'y')],
    )
    const [header, first, second, ...rest] = await collect(failedRecords(csv(['x', 'y']), rows(), failures))
    expect(header).toEqual(['x', 'y', '_row', '_line', '_code', '_column', '_message'])
    expect(first?.slice(0, 6)).toEqual(['a', ' 1 ', '1', '2', 'REQUIRED', 'x'])
    expect(second?.slice(0, 6)).toEqual(['c', '3', '3', '4', 'INVALID_EMAIL; GROUP_NOT_FOUND', 'x; y'])
    expect(second?.[6]).toMatch(/^Not an email address.*; No group of this name/)
    expect(rest).toEqual([])
  })

  it('has a header even when no row failed', async () => {
    expect(await collect(failedRecords(csv(['x']), rows(), batches()))).toHaveLength(1)
  })

  it('stops reading the source after the last failed row', async () => {
    async function* endless(): AsyncIterable<readonly Row[]> {
      yield [row(1, ['a', '1'])]
      throw new Error('read too far')
    }
    expect(
      await collect(failedRecords(csv(['x', 'y']), endless(), batches([failed(1, 'REQUIRED', 'x')]))),
    ).toHaveLength(2)
  })

  it('puts the text of a malformed record into the first cell', async () => {
    const source = batches([row(1, ['a"b,c'], { code: 'MALFORMED_ROW', column: null })])
    const [, record] = await collect(
      failedRecords(csv(['x', 'y']), source, batches([failed(1, 'MALFORMED_ROW', null)])),
    )
    expect(record?.slice(0, 2)).toEqual(['a"b,c', ''])
  })

  it('guards what a spreadsheet would run as a formula, in names and cells', async () => {
    const source = batches([row(1, ['=1', "'-2"])])
    const [header, record] = await collect(
      failedRecords(csv(['@x', 'y']), source, batches([failed(1, 'REQUIRED', '@x')])),
    )
    expect(header?.slice(0, 2)).toEqual(["'@x", 'y'])
    expect(record?.slice(0, 6)).toEqual(["'=1", "''-2", '1', '2', 'REQUIRED', "'@x"])
  })

  it('leaves out the columns that an earlier failed-rows file had added', async () => {
    const source = batches([row(1, ['a', '7', 'REQUIRED'])])
    const [header, record] = await collect(
      failedRecords(csv(['x', '_row', '_code']), source, batches([failed(1, 'REQUIRED', 'x')])),
    )
    expect(header?.slice(0, 2)).toEqual(['x', '_row'])
    expect(record?.slice(0, 2)).toEqual(['a', '1'])
  })

  it('has the names of an archive’s files, and neither lines nor columns', async () => {
    const source = batches([
      row(1, ['a.cer', '0', '1', '1', '0', '0', '']),
      row(2, ['=b.cer', '9', '1', '1', '0', '0', '']),
    ])
    const failures = batches([failed(2, 'USER_NOT_FOUND', 'file'), failed(2, 'PRIVATE_KEY', null)])
    const [header, ...records] = await collect(
      failedRecords(zipSource({ key: 'k', fileName: 'f', bytes: 1, sha256: '' }), source, failures),
    )
    expect(header).toEqual(['file', '_row', '_code', '_message'])
    expect(records).toEqual([
      ["'=b.cer", '2', 'USER_NOT_FOUND; PRIVATE_KEY', expect.stringMatching(/^No such user.*; The file holds/)],
    ])
  })
})
