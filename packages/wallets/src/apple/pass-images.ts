import type { EnrolledField } from '@muster/engine/ports'
import { isPng, type Pixel, squarePng } from './png.ts'

/** A thumbnail is 90 by 90 points: that many bytes are enough for it at any density. */
const MAX_THUMBNAIL_BYTES = 256 * 1024

const DARK: Pixel = [31, 58, 95, 255]
const LIGHT: Pixel = [255, 255, 255, 255]

/** The icon that every pass must have, in Apple's three sizes: a card with a head and a line on it. */
export const ICONS: Readonly<Record<string, Buffer>> = {
  'icon.png': icon(29),
  'icon@2x.png': icon(58),
  'icon@3x.png': icon(87),
}

function icon(size: number): Buffer {
  return squarePng(size, (x, y) => {
    const [u, v] = [(x + 0.5) / size, (y + 0.5) / size]
    const isHead = (u - 0.5) ** 2 + (v - 0.38) ** 2 < 0.16 ** 2
    const isLine = v > 0.66 && v < 0.78 && u > 0.22 && u < 0.78
    return isHead || isLine ? LIGHT : DARK
  })
}

/** The first image that Wallet can show, as the file of the pass; none when there is no PNG of a thumbnail's size. */
export function thumbnail(fields: readonly EnrolledField[]): Readonly<Record<string, Buffer>> {
  for (const { type, value } of fields) {
    if (type !== 'image') continue
    const image = imageOf(value)
    if (image !== null && isPng(image)) return { 'thumbnail.png': image }
  }
  return {}
}

function imageOf(dataUri: string): Buffer | null {
  const [, base64] = /^data:image\/png;base64,([A-Za-z\d+/]+={0,2})$/.exec(dataUri) ?? []
  if (base64 === undefined || base64.length > (MAX_THUMBNAIL_BYTES / 3) * 4) return null
  return Buffer.from(base64, 'base64')
}
