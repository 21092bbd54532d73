const KIB = 1024
const MIB = 1024 * KIB

/** Up to here all parts are of one size, as some servers want it: 7.8 GiB, more than an upload has mostly. */
const EVEN_PARTS = 1000
const PART_BYTES = 8 * MIB
/** By so much each further part is larger than the one before: so 10,000 of them hold 1 TiB. */
const GROWTH_BYTES = 25 * KIB
/** The most that S3 takes of one file. */
const MAX_PARTS = 10_000

const FIRST_BUFFER_BYTES = 256 * KIB

/** A piece of a file that is sent at once. Its bytes are its own. */
export interface Part {
  /** From 1. */
  readonly number: number
  readonly bytes: Uint8Array
  readonly isLast: boolean
}

/** Bytes of the part with that number, from 1. Nobody knows beforehand how many there will be. */
export function partBytes(number: number): number {
  return PART_BYTES + Math.max(0, number - EVEN_PARTS) * GROWTH_BYTES
}

/** Cuts bytes into parts; one that is empty when there are none. Throws a RangeError beyond what S3 takes. */
export async function* partsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Part, void> {
  let number = 1
  let buffer = Buffer.allocUnsafeSlow(FIRST_BUFFER_BYTES)
  let filled = 0
  for await (let piece of bytes) {
    while (piece.length > 0) {
      if (filled === partBytes(number)) {
        yield { number, bytes: buffer, isLast: false }
        number += 1
        if (number > MAX_PARTS) throw new RangeError('the file is larger than S3 takes')
        buffer = Buffer.allocUnsafeSlow(partBytes(number))
        filled = 0
      }
      const taken = piece.subarray(0, partBytes(number) - filled)
      buffer = roomFor(buffer, filled + taken.length, partBytes(number))
      buffer.set(taken, filled)
      filled += taken.length
      piece = piece.subarray(taken.length)
    }
  }
  yield { number, bytes: buffer.subarray(0, filled), isLast: true }
}

/** Most files are small, so that the first part's buffer grows with what comes. */
function roomFor(buffer: Buffer<ArrayBuffer>, needed: number, most: number): Buffer<ArrayBuffer> {
  if (needed <= buffer.length) return buffer
  const larger = Buffer.allocUnsafeSlow(Math.min(most, Math.max(needed, 2 * buffer.length)))
  buffer.copy(larger)
  return larger
}
