import fc from 'fast-check'
import PDFDocument from 'pdfkit'
import { describe, expect, it } from 'vitest'
import { isPrintableJpeg } from '../src/jpeg.ts'

const segment = (marker: number, ...data: number[]) => [
  0xff,
  marker,
  (data.length + 2) >> 8,
  (data.length + 2) & 255,
  ...data,
]

/** Height, width, components. */
const frame = (marker: number, height = 8, width = 8, components = 3, bits = 8) =>
  segment(
    marker,
    bits,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    components,
    ...Array(3 * components).fill(1),
  )

const EXIF = segment(0xe1, ...Buffer.from('Exif\0\0MM\0*\0\0\0\x08\0\0'))
const SCAN = [...segment(0xda, 1, 1, 0, 0, 63, 0), 1, 2, 3]
const START = [0xff, 0xd8]
const END = [0xff, 0xd9]
const jpeg = (...segments: readonly number[][]) => Buffer.from([START, ...segments].flat())

describe('a picture in JPEG', () => {
  it.each<[string, Buffer]>([
    ['is baseline', jpeg(EXIF, frame(0xc0), SCAN, END)],
    ['is extended', jpeg(frame(0xc1), SCAN, END)],
    ['is progressive', jpeg(frame(0xc2), SCAN, END)],
    ['is grey', jpeg(frame(0xc0, 8, 8, 1), SCAN, END)],
    ['is of four inks', jpeg(frame(0xc0, 8, 8, 4), SCAN, END)],
    ['has bytes after its end', jpeg(frame(0xc0), SCAN, END, [0, 0])],
    ['has bytes to fill up', jpeg([0xff], frame(0xc0), SCAN, END)],
  ])('that %s can be printed', (_, bytes) => {
    expect(isPrintableJpeg(bytes)).toBe(true)
  })

  it.each<[string, Buffer]>([
    ['is empty', Buffer.alloc(0)],
    ['has no end', jpeg(frame(0xc0), SCAN)],
    ['has no frame', jpeg(SCAN, END)],
    ['has no scan', jpeg(frame(0xc0), END)],
    ['has two frames', jpeg(frame(0xc0), frame(0xc0), SCAN, END)],
    ['is lossless', jpeg(frame(0xc3), SCAN, END)],
    ['is coded arithmetically', jpeg(frame(0xc9), SCAN, END)],
    ['has 12 bits', jpeg(frame(0xc1, 8, 8, 3, 12), SCAN, END)],
    ['has two components', jpeg(frame(0xc0, 8, 8, 2), SCAN, END)],
    ['is of no height', jpeg(frame(0xc0, 0), SCAN, END)],
    ['has 64 million pixels and more', jpeg(frame(0xc0, 8001, 8001), SCAN, END)],
    ['has something between its segments', jpeg([1], frame(0xc0), SCAN, END)],
  ])('that %s cannot', (_, bytes) => {
    expect(isPrintableJpeg(bytes)).toBe(false)
  })

  it('never makes the PDF fail once it was found printable, whatever is damaged in it', () => {
    const whole = jpeg(EXIF, frame(0xc0), SCAN, END)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }), (changes) => {
        const damaged = Buffer.from(whole)
        for (const [at, value] of changes) damaged[at] = value
        if (isPrintableJpeg(damaged)) new PDFDocument().image(damaged, 0, 0, { fit: [10, 10] })
      }),
      { numRuns: 2_000 },
    )
  })
})
