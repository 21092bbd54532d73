import { PNG } from 'pngjs'
import { describe, expect, it } from 'vitest'
import { INNER_WIDTH } from '../src/card-layout.ts'
import { Problem } from '../src/problem.ts'
import { type BarcodeSymbol, symbolOf } from '../src/symbol.ts'
import { barcodes } from './printed.ts'

const DOTS = 4
const HEIGHT = 20

/** The symbol as a picture, four dots a module. */
function drawn({ kind, modules, dark }: BarcodeSymbol): Buffer {
  const down = kind === 'square' ? modules : HEIGHT
  const picture = new PNG({ width: modules * DOTS, height: down * DOTS })
  picture.data.fill(255)
  for (const { x, y, width } of dark) {
    for (let dy = 0; dy < DOTS * (kind === 'square' ? 1 : HEIGHT); dy++) {
      const line = 4 * ((y * DOTS + dy) * picture.width)
      for (let dx = x * DOTS; dx < (x + width) * DOTS; dx++) picture.data.set([0, 0, 0], line + 4 * dx)
    }
  }
  return PNG.sync.write(picture)
}

async function read(value: string): Promise<string[]> {
  const symbol = symbolOf(value, INNER_WIDTH)
  if (symbol instanceof Problem) throw new Error(symbol.phrase)
  return barcodes(drawn(symbol))
}

describe('a barcode', () => {
  it('is a Code 128 as long as one can be read from a card', async () => {
    expect(await read('A')).toEqual(['Code128: A'])
    expect(await read('ABCDEFGHIJKLMNOPQRST')).toEqual(['Code128: ABCDEFGHIJKLMNOPQRST'])
    expect(await read('0123456789012345678901234567890123456789')).toEqual([
      'Code128: 0123456789012345678901234567890123456789',
    ])
    const long = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
    expect(await read(long)).toEqual([`QRCode: ${long}`])
  })

  it('holds every printable character of ASCII as it is, in either kind', async () => {
    const all = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
    for (let at = 0; at < all.length; at += 12) {
      const part = `x${all.slice(at, at + 12).join('')}x`
      expect(await read(part)).toEqual([`Code128: ${part}`])
    }
    expect(await read(all.slice(0, 80).join(''))).toEqual([`QRCode: ${all.slice(0, 80).join('')}`])
  })

  it('is a QR code for letters beyond ASCII', async () => {
    expect(await read('Zoë 田中')).toEqual(['QRCode: Zoë 田中'])
  })

  it('is a problem when no QR code holds it, told without its value', () => {
    expect(symbolOf('ab'.repeat(2_000), INNER_WIDTH)).toEqual(new Problem(expect.not.stringContaining('abab')))
  })
})
