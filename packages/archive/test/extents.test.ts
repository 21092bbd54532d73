import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Extents } from '../src/extents.ts'

describe('Extents', () => {
  it('are apart when no two of them share a byte, and none reaches beyond the end', () => {
    const extent = fc.tuple(fc.nat({ max: 60 }), fc.integer({ min: 1, max: 12 }))
    fc.assert(
      fc.property(fc.array(extent, { maxLength: 6 }), fc.nat({ max: 80 }), (all, end) => {
        const extents = new Extents(all.length)
        for (const [start, length] of all) extents.add(start, start + length)
        const bytes = all.flatMap(([start, length]) => Array.from({ length }, (_, index) => start + index))
        expect(extents.areApart(end)).toBe(new Set(bytes).size === bytes.length && bytes.every((byte) => byte < end))
      }),
      { numRuns: 2000 },
    )
  })
})
