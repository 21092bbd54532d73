import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunkMark } from '../../src/turn/chunk-mark.ts'

const isSet = (bytes: Uint8Array, bit: number) => (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1

describe('the mark of a chunk', () => {
  it('has a bit for every unchanged row and for no other', () => {
    const chunk = fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(chunk, fc.func(fc.boolean()), (numbers, isUnchanged) => {
        const rows = numbers.toSorted((a, b) => a - b)
        const unchanged = numbers.filter((number) => isUnchanged(number))
        const mark = chunkMark(
          rows.map((number) => ({ number })),
          unchanged,
        )
        expect(mark?.firstRow).toBe(rows[0])
        const bytes = mark?.unchanged ?? new Uint8Array()
        const bits = Array.from({ length: bytes.length * 8 }, (_, bit) => bit).filter((bit) => isSet(bytes, bit))
        expect(bits.map((bit) => bit + (mark?.firstRow ?? 0))).toEqual(unchanged.toSorted((a, b) => a - b))
      }),
    )
  })

  it('has no bits where every row was changed, and is not there for a lane without rows', () => {
    expect(chunkMark([{ number: 7 }], [])).toEqual({ firstRow: 7, unchanged: null })
    expect(chunkMark([], [])).toBeNull()
  })
})
