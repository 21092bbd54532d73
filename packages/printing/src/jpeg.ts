/** Larger ones would be a burden on whatever prints the file. */
const MOST_PIXELS = 64_000_000

const START = 0xd8
const END = 0xd9
const SCAN = 0xda
/** Baseline, extended and progressive: what a PDF can hold (ISO 32000-1, 7.4.8). */
const PRINTABLE_FRAMES: readonly number[] = [0xc0, 0xc1, 0xc2]
/** Frames of any kind; C4, C8 and CC are other segments (ITU T.81, table B.1). */
const FRAMES: readonly number[] = [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]

/**
 * Whether it is a JPEG, from its start to its end, of a kind that a PDF can hold. The pixels are not looked at: they
 * go into the PDF as they are.
 */
export function isPrintableJpeg(bytes: Buffer): boolean {
  if (bytes[0] !== 0xff || bytes[1] !== START || bytes.lastIndexOf(Buffer.from([0xff, END])) < 4) return false
  let framed = false
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return false
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      // A fill byte (ITU T.81, B.1.1.2).
      at++
      continue
    }
    const length = bytes.readUInt16BE(at + 2)
    if (marker === SCAN) return framed && bytes.lastIndexOf(Buffer.from([0xff, END])) >= at + 2 + length
    if (FRAMES.includes(marker)) {
      if (framed || !isPrintableFrame(marker, bytes.subarray(at + 4, at + 2 + length))) return false
      framed = true
    }
    at += 2 + length
  }
  return false
}

/** A frame header without its length (ITU T.81, B.2.2). */
function isPrintableFrame(marker: number, header: Buffer): boolean {
  if (!PRINTABLE_FRAMES.includes(marker) || header.length < 6 || header[0] !== 8) return false
  const pixels = header.readUInt16BE(1) * header.readUInt16BE(3)
  const components = header[5] ?? 0
  return pixels > 0 && pixels <= MOST_PIXELS && [1, 3, 4].includes(components)
}
