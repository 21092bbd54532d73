import { inflateSync } from 'node:zlib'
import { PNG } from 'pngjs'

/** Unpacked, a picture of that many takes 16 MB. A card shows a picture of 20 by 26 mm: 0.3 million at 600 dpi. */
const MOST_PIXELS = 4_000_000

/** Unpacked, with 16 bits for each of four channels, and a byte for each line of each of an interlaced one's passes. */
const MOST_BYTES = 10 * MOST_PIXELS

/** Pixels: twice what a card's picture has at 300 dpi. */
const LARGEST_SIDE = 700

/** Without this the best of five filters is looked for on each line, which takes longer than all the rest. */
const WRITTEN = { colorType: 2, inputHasAlpha: true, deflateLevel: 6, filterType: 1 } as const

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/**
 * The picture in plain colours on white, no larger than it needs to be. Made anew, since what writes the PDF handles
 * transparency and interlacing apart from the page, where an error would end the process.
 *
 * @returns null when it is damaged, or has more than four million pixels
 */
export function plainPng(bytes: Buffer): Buffer | null {
  if (!isSizeTaken(bytes)) return null
  const picture = decoded(bytes)
  if (picture === null) return null
  const plain = reduced(picture, Math.ceil(Math.max(picture.width, picture.height) / LARGEST_SIDE))
  return PNG.sync.write(plain, WRITTEN)
}

/** Told by the header, before anything is unpacked (PNG, section 11.2.1). */
function isSizeTaken(bytes: Buffer): boolean {
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(SIGNATURE)) return false
  const pixels = bytes.readUInt32BE(16) * bytes.readUInt32BE(20)
  return pixels > 0 && pixels <= MOST_PIXELS
}

function decoded(bytes: Buffer): PNG | null {
  try {
    // Of these alone pngjs unpacks whatever there is.
    if (bytes[28] !== 0) inflateSync(Buffer.concat([...dataOf(bytes)]), { maxOutputLength: MOST_BYTES })
    return PNG.sync.read(bytes)
  } catch {
    return null
  }
}

/** The contents of the chunks IDAT, which together are the packed picture. Throws a RangeError when one is cut off. */
function* dataOf(bytes: Buffer): Generator<Buffer> {
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    if (at + 12 + length > bytes.length) throw new RangeError('a chunk is cut off')
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') yield bytes.subarray(at + 8, at + 8 + length)
    at += 12 + length
  }
}

/** Each pixel is the mean of `factor` by `factor`, on white. What is left at the right and bottom is left out. */
function reduced({ width, height, data }: PNG, factor: number): PNG {
  const across = Math.min(factor, width)
  const down = Math.min(factor, height)
  const smaller = new PNG({ width: Math.floor(width / across), height: Math.floor(height / down) })
  const row = new Uint32Array(3 * smaller.width)
  for (let y = 0; y < smaller.height; y++) {
    row.fill(0)
    for (let dy = 0; dy < down; dy++) addOnWhite(row, data.subarray(4 * (y * down + dy) * width), across)
    for (let x = 0; x < smaller.width; x++) {
      const at = 4 * (y * smaller.width + x)
      for (let colour = 0; colour < 3; colour++) {
        smaller.data[at + colour] = (row[3 * x + colour] ?? 0) / (across * down)
      }
      smaller.data[at + 3] = 255
    }
  }
  return smaller
}

/** Adds a line of pixels to sums of red, green and blue, `across` of them to each. */
function addOnWhite(sums: Uint32Array, line: Buffer, across: number): void {
  for (let sum = 0, at = 0; sum < sums.length; sum += 3) {
    for (let dx = 0; dx < across; dx++, at += 4) {
      const alpha = line[at + 3] ?? 255
      const white = 255 * (255 - alpha)
      for (let colour = 0; colour < 3; colour++) {
        sums[sum + colour] = (sums[sum + colour] ?? 0) + ((line[at + colour] ?? 0) * alpha + white) / 255
      }
    }
  }
}
