import { crc32, deflateSync } from 'node:zlib'

/** Red, green, blue and opacity, 0 to 255 each. */
export type Pixel = readonly [number, number, number, number]

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.equals(bytes.subarray(0, SIGNATURE.length))
}

/** A square image as PNG: https://www.w3.org/TR/png-3/ */
export function squarePng(size: number, pixel: (x: number, y: number) => Pixel): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  // 8 bits a sample, colour with opacity
  header.set([8, 6], 8)
  const lines = Array.from({ length: size }, (_, y) => [
    0,
    ...Array.from({ length: size }, (_, x) => pixel(x, y)).flat(),
  ])
  const image = deflateSync(Buffer.from(lines.flat()))
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', image), chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
