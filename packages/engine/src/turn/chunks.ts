import type { Position } from '../ports/index.ts'
import { positionAfter, type ReadRow } from './read-rows.ts'

/** Consecutive rows that are applied together, each lane's in a transaction of its own. */
export interface Chunk {
  readonly rows: readonly ReadRow[]
  /** The position after the last of them. */
  readonly end: Position
}

// Rows of 1 MiB, or of hundreds of columns, or that stand for files of that size, would otherwise fill memory long before there are enough of them.
const MAX_BYTES = 2 * 1024 * 1024

/** Cuts rows into chunks of at most `size` rows and about 2 MiB, every row being `growth` bytes larger than its record. */
export async function* chunksOf(
  rows: AsyncIterable<readonly ReadRow[]>,
  size: number,
  from: Position,
  growth: number,
): AsyncGenerator<Chunk, void> {
  let held: ReadRow[] = []
  let start = from.byte
  let fileBytes = 0
  for await (const batch of rows) {
    for (const row of batch) {
      held.push(row)
      fileBytes += row.fileBytes
      if (held.length < size && row.nextByte - start + fileBytes + held.length * growth < MAX_BYTES) continue
      yield { rows: held, end: positionAfter(row) }
      held = []
      start = row.nextByte
      fileBytes = 0
    }
  }
  const last = held.at(-1)
  if (last !== undefined) yield { rows: held, end: positionAfter(last) }
}
