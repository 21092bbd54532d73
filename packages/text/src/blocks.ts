/**
 * The same bytes in pieces of exactly `size`, the last one excepted: what reads them works the same
 * however a file system or a network has cut them, and does neither tiny nor huge steps.
 */
export async function* blocks(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer> {
  let pieces: Uint8Array[] = []
  let gathered = 0
  for await (const chunk of bytes) {
    let rest = chunk
    while (gathered + rest.length >= size) {
      const taken = rest.subarray(0, size - gathered)
      yield Buffer.concat([...pieces, taken], size)
      rest = rest.subarray(taken.length)
      pieces = []
      gathered = 0
    }
    if (rest.length > 0) {
      pieces.push(rest)
      gathered += rest.length
    }
  }
  if (gathered > 0) yield Buffer.concat(pieces, gathered)
}
