import type { Layout, Position, Row } from '@muster/engine/ports'
import { BlockReader } from '../src/block-reader.ts'
import { rowReader } from '../src/index.ts'

export const START: Position = { row: 0, line: 1, byte: 0 }

export function layout(cells: number, options: Partial<Layout> = {}): Layout {
  return { delimiter: ',', cells, encoding: 'UTF-8', ...options }
}

/** The rows of a text or of bytes, read as the engine does. */
export async function rowsOf(source: string | Uint8Array, how: Layout, from: Position = START): Promise<Row[]> {
  const bytes = typeof source === 'string' ? Buffer.from(source) : source
  return collected(rowReader.read(inOne(bytes.subarray(from.byte)), how, from))
}

/** The rows of bytes that come in pieces of these sizes, the rest in one. */
export function rowsOfPieces(bytes: Buffer, sizes: readonly number[], how: Layout, from: Position = START): Row[] {
  const reader = new BlockReader(how, from)
  const rows = pieces(bytes.subarray(from.byte), sizes).flatMap((piece) => reader.read(piece))
  return [...rows, ...reader.end()]
}

export function pieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const cut: Buffer[] = []
  let at = 0
  for (const size of sizes) {
    cut.push(bytes.subarray(at, at + size))
    at += size
  }
  return [...cut, bytes.subarray(at)].filter((piece) => piece.length > 0)
}

export async function collected<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = []
  for await (const batch of batches) all.push(...batch)
  return all
}

export async function joined(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of bytes) all.push(piece)
  return Buffer.concat(all)
}

export async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items
}

export function inOne(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  return each([bytes])
}
