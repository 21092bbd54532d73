import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunksOf } from '../../src/turn/chunks.ts'
import { halves, partOutcome, splitIntoLanes } from '../../src/turn/part.ts'
import type { ReadRow } from '../../src/turn/read-rows.ts'

const read = (number: number, key: string | null, bytes = 10): ReadRow => ({
  number,
  line: number,
  nextLine: number + 1,
  nextByte: number * bytes,
  fileBytes: 0,
  key,
  values: [],
  origin: number * 100,
  mistakes: key === null ? [{ code: 'REQUIRED', column: 'id' }] : [],
})

describe('splitIntoLanes', () => {
  it('keeps every row, the rows of a key together and in order', () => {
    const keys = fc.array(fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e')), { maxLength: 50 })
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 16 }), (each, lanes) => {
        const parts = splitIntoLanes(
          each.map((key, index) => read(index + 1, key)),
          lanes,
        )
        expect(parts).toHaveLength(lanes)
        expect(
          parts
            .flat()
            .map(({ number }) => number)
            .sort((a, b) => a - b),
        ).toEqual(each.map((_, index) => index + 1))
        for (const part of parts) {
          const numbers = part.map(({ number }) => number)
          expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
        }
        for (const key of new Set(each)) {
          if (key !== null) expect(parts.filter((part) => part.some((row) => row.key === key))).toHaveLength(1)
        }
      }),
    )
  })

  it('spreads different keys', () => {
    const parts = splitIntoLanes(
      Array.from({ length: 1000 }, (_, i) => read(i + 1, `user${i}`)),
      4,
    )
    for (const part of parts) expect(part.length).toBeGreaterThan(150)
  })
})

describe('halves', () => {
  it('are the part, cut at a row', () => {
    const rows = [read(1, 'a'), read(2, 'b'), read(3, 'c')]
    const [first, second] = halves({ rows, end: { row: 9, line: 9, byte: 90 } })
    expect([...first.rows, ...second.rows]).toEqual(rows)
    expect(first.end).toEqual({ row: 1, line: 2, byte: 10 })
    expect(second.end.row).toBe(9)
  })
})

describe('partOutcome', () => {
  it('has the origins of the rows that did not fail', () => {
    const part = { rows: [read(1, 'a'), read(2, null), read(3, 'c')], end: { row: 3, line: 4, byte: 30 } }
    const failures = [{ row: 3, code: 'USER_EXISTS', column: 'id' }] as const
    expect(partOutcome(part, { failures, deferred: [] }).origins).toEqual([100])
  })

  it('counts rows, and has every mistake in row order', () => {
    const part = { rows: [read(1, 'a'), read(2, null), read(3, 'c')], end: { row: 3, line: 4, byte: 30 } }
    const found = [
      { row: 3, code: 'USER_EXISTS', column: 'id' },
      { row: 2, code: 'GROUP_NOT_FOUND', column: 'group' },
    ] as const
    const failed = partOutcome(part, { failures: found, deferred: [] })
    expect(failed.rows).toBe(2)
    expect(failed.failedRows.map((each) => [each.row, each.code])).toEqual([
      [2, 'REQUIRED'],
      [2, 'GROUP_NOT_FOUND'],
      [3, 'USER_EXISTS'],
    ])
  })

  it('leaves the origin of a row whose outcome is to come with its message', () => {
    const part = { rows: [read(1, 'a'), read(3, 'c')], end: { row: 3, line: 4, byte: 30 } }
    const outcome = partOutcome(part, { failures: [], deferred: [{ row: 3, subject: '7' }] })
    expect(outcome).toMatchObject({
      rows: 0,
      origins: [100],
      deferred: [{ row: 3, subject: '7', line: 3, origin: 300 }],
    })
  })
})

describe('chunksOf', () => {
  async function* batches(...each: ReadRow[][]): AsyncIterable<readonly ReadRow[]> {
    yield* each
  }

  async function sizes(rows: AsyncIterable<readonly ReadRow[]>, size: number, growth = 0) {
    const found: number[] = []
    for await (const chunk of chunksOf(rows, size, { row: 0, line: 1, byte: 0 }, growth)) {
      found.push(chunk.rows.length)
      expect(chunk.end.row).toBe(chunk.rows.at(-1)?.number)
    }
    return found
  }

  it('does not depend on how the rows come', async () => {
    const rows = Array.from({ length: 7 }, (_, i) => read(i + 1, 'a'))
    expect(await sizes(batches(rows), 3)).toEqual([3, 3, 1])
    expect(await sizes(batches(rows.slice(0, 1), [], rows.slice(1, 5), rows.slice(5)), 3)).toEqual([3, 3, 1])
    expect(await sizes(batches(), 3)).toEqual([])
  })

  it('is cut short by huge rows, so that memory stays flat', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => read(i + 1, 'a', 1024 * 1024))
    expect(await sizes(batches(rows), 5000)).toEqual([2, 2, 2, 2, 2])
  })

  it('is cut short by rows that grow when they are read', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => read(i + 1, 'a'))
    expect(await sizes(batches(rows), 5000, 512 * 1024)).toEqual([4, 4, 2])
  })

  it('is cut short by rows that stand for large files', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({ ...read(i + 1, 'a'), fileBytes: 512 * 1024 }))
    expect(await sizes(batches(rows), 5000)).toEqual([4, 4, 2])
  })
})
