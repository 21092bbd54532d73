import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partBytes, partsOf } from '../../src/s3/parts.ts'
import { bytesOf, chunks, manyBytes } from '../bytes.ts'

const MIB = 1024 ** 2

async function cut(bytes: AsyncIterable<Uint8Array>) {
  const parts = []
  for await (const { number, bytes: part, isLast } of partsOf(bytes)) parts.push({ number, bytes: part.length, isLast })
  return parts
}

describe('partsOf', () => {
  it('makes one part of little, and an empty one of nothing', async () => {
    expect(await cut(chunks('a', '', 'b'))).toEqual([{ number: 1, bytes: 2, isLast: true }])
    expect(await cut(chunks())).toEqual([{ number: 1, bytes: 0, isLast: true }])
  })

  it('has no empty part after full ones', async () => {
    expect(await cut(manyBytes(8 * MIB))).toEqual([{ number: 1, bytes: 8 * MIB, isLast: true }])
    expect(await cut(manyBytes(16 * MIB + 1))).toEqual([
      { number: 1, bytes: 8 * MIB, isLast: false },
      { number: 2, bytes: 8 * MIB, isLast: false },
      { number: 3, bytes: 1, isLast: true },
    ])
  })

  it('keeps all bytes in order, however they come', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 3 * MIB }), { minLength: 1, maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(sizes, async (pieces) => {
        const source = pieces.map((size, index) => Buffer.alloc(size, `${index} `))
        async function* joined() {
          for await (const { bytes } of partsOf(each(source))) yield bytes
        }
        expect((await bytesOf(joined())).equals(Buffer.concat(source))).toBe(true)
      }),
      { numRuns: 20 },
    )
  })
})

describe('partBytes', () => {
  it('lets 10,000 parts hold 1 TiB, each of a size that S3 takes', () => {
    const sizes = Array.from({ length: 10_000 }, (_, index) => partBytes(index + 1))
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(1024 ** 4)
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(5 * MIB)
    expect(Math.max(...sizes)).toBeLessThan(256 * MIB)
  })
})

async function* each(pieces: readonly Uint8Array[]) {
  yield* pieces
}
