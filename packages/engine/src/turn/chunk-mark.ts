import type { ChunkMark } from '../ports/index.ts'
import type { ReadRow } from './read-rows.ts'

/**
 * What is remembered of a chunk's rows of one lane; null when there are none.
 *
 * @param rows in their order
 * @param unchanged numbers of some of them
 */
export function chunkMark(rows: readonly Pick<ReadRow, 'number'>[], unchanged: readonly number[]): ChunkMark | null {
  const firstRow = rows[0]?.number
  return firstRow === undefined ? null : { firstRow, unchanged: bitmap(firstRow, unchanged) }
}

/** Bits in the order of PostgreSQL's `get_bit`: the first is the least significant of the first byte. */
function bitmap(firstRow: number, numbers: readonly number[]): Uint8Array | null {
  if (numbers.length === 0) return null
  const last = numbers.reduce((greatest, number) => Math.max(greatest, number))
  const bytes = new Uint8Array(((last - firstRow) >> 3) + 1)
  for (const number of numbers) {
    const bit = number - firstRow
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7))
  }
  return bytes
}
