// Of its default export, since the export of that name is a barcode that is called raw.
import bwip from 'bwip-js/node'
import { MM } from './card-size.ts'
import { Problem } from './problem.ts'

/** A barcode in modules, the quiet zone around it included. */
export interface BarcodeSymbol {
  readonly kind: 'linear' | 'square'
  /** Modules across; of a square one, also down. */
  readonly modules: number
  /** Dark rectangles; those of a linear one are one high. */
  readonly dark: readonly Dark[]
  readonly value: string
}

interface Dark {
  readonly x: number
  readonly y: number
  readonly width: number
}

/** Card printers have 300 dpi: 3 dots. Narrower modules are hard to read from them. */
export const NARROWEST_MODULE = 0.25 * MM

/** ISO/IEC 15417, 4.4, and ISO/IEC 18004, 9.1. */
const QUIET_LINEAR = 10
const QUIET_SQUARE = 4

/** Code 128 when it can be read from a card at that width, in points; else QR. A problem when neither holds it. */
export function symbolOf(value: string, width: number): BarcodeSymbol | Problem {
  const linear = /^[\x20-\x7e]+$/.test(value) ? code128(value) : null
  if (linear !== null && linear.modules * NARROWEST_MODULE <= width) return linear
  return qr(value) ?? new Problem('no barcode can hold the value of one of its fields')
}

function code128(value: string): BarcodeSymbol | null {
  const bars = encoded('code128', value, {})
  if (bars === null || !('sbs' in bars)) return null
  const dark: Dark[] = []
  let x = QUIET_LINEAR
  for (const [index, width] of bars.sbs.entries()) {
    if (index % 2 === 0) dark.push({ x, y: 0, width })
    x += width
  }
  return { kind: 'linear', modules: x + QUIET_LINEAR, dark, value }
}

/** Corrects 15% of what is read wrongly. */
function qr(value: string): BarcodeSymbol | null {
  const matrix = encoded('qrcode', value, { eclevel: 'M' })
  if (matrix === null || !('pixs' in matrix)) return null
  const { pixs, pixx, pixy } = matrix
  const dark: Dark[] = []
  for (let y = 0; y < pixy; y++) {
    for (let x = 0; x < pixx; x++) {
      if (pixs[y * pixx + x] !== 1) continue
      const start = x
      while (x < pixx && pixs[y * pixx + x] === 1) x++
      dark.push({ x: start + QUIET_SQUARE, y: y + QUIET_SQUARE, width: x - start })
    }
  }
  return { kind: 'square', modules: pixx + 2 * QUIET_SQUARE, dark, value }
}

/** Null when the value does not go into a symbol of that kind. */
function encoded(kind: string, value: string, options: object) {
  try {
    return bwip.raw(kind, value, options)[0] ?? null
  } catch {
    // What bwip-js throws has the value in it.
    return null
  }
}
