export const LF = 0x0a
export const CR = 0x0d

/** Where the first CR or LF at or after `from` is, `to` excluded; -1 when there is none. */
export function lineEndFrom(bytes: Uint8Array, from: number, to: number): number {
  // Not two indexOf: in a file without CR, each would run to the end of the block for every line.
  for (let at = from; at < to; at++) {
    const byte = bytes[at]
    if (byte === LF || byte === CR) return at
  }
  return -1
}

/**
 * How long the line end is that starts at `at` with a CR or LF: 2 for CRLF, else 1. 0 when a CR is
 * the last byte there is and more may come, so that nobody knows yet.
 */
export function lineEndLength(bytes: Uint8Array, at: number, complete: boolean): 0 | 1 | 2 {
  if (bytes[at] === LF) return 1
  if (at + 1 < bytes.length) return bytes[at + 1] === LF ? 2 : 1
  return complete ? 1 : 0
}
