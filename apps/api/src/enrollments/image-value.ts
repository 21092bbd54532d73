/** Bytes of an image. */
export const MOST_IMAGE_BYTES = 1024 * 1024

const DATA_URI = /^data:image\/(png|jpeg);base64,/i
const BASE64 = /^[A-Za-z\d+/]*={0,2}$/

/** How files of these kinds begin: PNG specification 5.2; JPEG (ITU-T T.81, B.1.1.3): SOI, then another marker. */
const SIGNATURES = {
  png: Buffer.from('89504e470d0a1a0a', 'hex'),
  jpeg: Buffer.from('ffd8ff', 'hex'),
} as const

/** What is wrong with an image, as what was expected of it. */
export class ImageRefused extends Error {}

/**
 * An image as a `data:` URI (RFC 2397) of PNG or JPEG in Base64, in its one spelling. Throws `ImageRefused`.
 * Whether the rest of the image is as its kind has it is not looked at.
 */
export function readImageValue(text: string): string {
  const prefix = DATA_URI.exec(text)
  if (prefix === null) throw new ImageRefused('expected data:image/png;base64,… or data:image/jpeg;base64,…')
  const kind = prefix[1]?.toLowerCase() === 'png' ? 'png' : 'jpeg'
  const base64 = text.slice(prefix[0].length)
  if (base64.length > Math.ceil(MOST_IMAGE_BYTES / 3) * 4) throw tooLarge()
  if (!BASE64.test(base64)) throw notBase64()
  const bytes = Buffer.from(base64, 'base64')
  const canonical = bytes.toString('base64')
  // Padded or not, but whole: no stray letter, and no bits left over.
  if (canonical.replace(/=+$/, '') !== base64.replace(/=+$/, '')) throw notBase64()
  if (bytes.length > MOST_IMAGE_BYTES) throw tooLarge()
  if (!bytes.subarray(0, SIGNATURES[kind].length).equals(SIGNATURES[kind])) {
    throw new ImageRefused(`expected the bytes of a ${kind.toUpperCase()} image`)
  }
  return `data:image/${kind};base64,${canonical}`
}

function tooLarge(): ImageRefused {
  return new ImageRefused('expected an image of at most 1 MiB')
}

function notBase64(): ImageRefused {
  return new ImageRefused('expected the image in Base64')
}
