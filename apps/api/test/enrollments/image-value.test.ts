import { describe, expect, it } from 'vitest'
import { ImageRefused, MOST_IMAGE_BYTES, readImageValue } from '../../src/enrollments/image-value.ts'

const PNG = Buffer.from('89504e470d0a1a0a0000000d', 'hex')
const JPEG = Buffer.from('ffd8ffe000104a46', 'hex')

const uri = (kind: string, bytes: Buffer) => `data:image/${kind};base64,${bytes.toString('base64')}`
const sized = (bytes: number) => uri('png', Buffer.concat([PNG, Buffer.alloc(bytes - PNG.length, 7)]))

describe('an image', () => {
  it('is a data URI of PNG or JPEG, told in one spelling', () => {
    expect(readImageValue(uri('png', PNG))).toBe(uri('png', PNG))
    expect(readImageValue(uri('jpeg', JPEG).replace('data:image/jpeg', 'DATA:Image/JPEG').replace(/=+$/, ''))).toBe(
      uri('jpeg', JPEG),
    )
  })

  it('has 1 MiB at most, to the byte', () => {
    expect(readImageValue(sized(MOST_IMAGE_BYTES))).toHaveLength('data:image/png;base64,'.length + 1_398_104)
    expect(() => readImageValue(sized(MOST_IMAGE_BYTES + 1))).toThrow('at most 1 MiB')
    expect(() => readImageValue(sized(MOST_IMAGE_BYTES + 4))).toThrow('at most 1 MiB')
  })

  it.each([
    ['bytes of another kind', uri('png', JPEG), 'the bytes of a PNG image'],
    ['a kind that its bytes are not', uri('jpeg', PNG), 'the bytes of a JPEG image'],
    ['no bytes', 'data:image/png;base64,', 'the bytes of a PNG image'],
    ['half a signature', uri('png', PNG.subarray(0, 7)), 'the bytes of a PNG image'],
    ['another kind', uri('gif', PNG), 'expected data:image/png'],
    ['an address', 'https://example.com/a.png', 'expected data:image/png'],
    ['no Base64', 'data:image/png,abc', 'expected data:image/png'],
    ['a stray letter in it', uri('png', PNG).replace('0', '*'), 'in Base64'],
    ['the alphabet of addresses', `data:image/jpeg;base64,${JPEG.toString('base64url')}_`, 'in Base64'],
    ['bits left over', 'data:image/png;base64,iVBORw0KGgp', 'in Base64'],
    ['a letter too many', 'data:image/png;base64,iVBORw0KGgoAA', 'in Base64'],
    ['a space', uri('png', PNG).replace('NSUh', 'NS h').replace(/.$/, ' '), 'in Base64'],
  ])('is refused with %s', (_, text, message) => {
    expect(() => readImageValue(text)).toThrow(ImageRefused)
    expect(() => readImageValue(text)).toThrow(message)
  })
})
