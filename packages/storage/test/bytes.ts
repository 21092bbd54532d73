/** Each text as a piece. */
export async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array, void> {
  for (const text of texts) yield Buffer.from(text)
}

/** So many bytes in pieces of 64 KiB, each piece another. */
export async function* manyBytes(count: number): AsyncGenerator<Uint8Array, void> {
  for (let from = 0; from < count; from += 65_536) yield Buffer.alloc(Math.min(65_536, count - from), `${from} `)
}

export async function bytesOf(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of bytes) parts.push(part)
  return Buffer.concat(parts)
}

export async function text(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  return (await bytesOf(bytes)).toString()
}
