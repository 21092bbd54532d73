import { isPrintableJpeg } from './jpeg.ts'
import { plainPng } from './png.ts'
import { Problem } from './problem.ts'

const DATA_URI = /^data:image\/(png|jpe?g);base64,([A-Za-z\d+/]+={0,2})$/i

/** The picture of a `data:` URI (RFC 2397) as a PDF can hold it: JPEG, or PNG without transparency. */
export function readPhoto(uri: string): Buffer | Problem {
  const [, kind, base64] = DATA_URI.exec(uri) ?? []
  if (kind === undefined || base64 === undefined) return new Problem('a picture is neither PNG nor JPEG')
  const bytes = Buffer.from(base64, 'base64')
  if (kind.toLowerCase() === 'png') return plainPng(bytes) ?? new Problem('a picture is damaged, or too large a PNG')
  return isPrintableJpeg(bytes) ? bytes : new Problem('a picture is damaged, or no JPEG that can be printed')
}
