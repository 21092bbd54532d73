import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blocks } from '../src/blocks.ts'
import { each, pieces } from './reading.ts'

describe('blocks', () => {
  it('are all of one size but the last, and hold every byte in order', async () => {
    const cut = fc.array(fc.integer({ min: 1, max: 40 }))
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        cut,
        fc.integer({ min: 1, max: 50 }),
        async (bytes, sizes, size) => {
          const all: Buffer[] = []
          for await (const block of blocks(each(pieces(Buffer.from(bytes), sizes)), size)) all.push(block)
          expect(Buffer.concat(all)).toEqual(Buffer.from(bytes))
          expect(all.slice(0, -1).every((block) => block.length === size)).toBe(true)
          expect(all.every((block) => block.length > 0)).toBe(true)
        },
      ),
    )
  })
})
