import { ENCODINGS, type Encoding } from '@muster/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowReader } from '../src/index.ts'
import { decoded } from '../src/to-utf8.ts'
import { BROKEN, ENCODED } from './encoded-samples.ts'
import { each, inOne, joined, layout, pieces, rowsOf } from './reading.ts'

const utf8 = async (bytes: Uint8Array, encoding: Encoding) =>
  (await joined(rowReader.toUtf8(inOne(bytes), encoding))).toString()

describe('decoding to UTF-8', () => {
  it('has a sample for every encoding', () => {
    expect(ENCODED.map(([encoding]) => encoding)).toEqual(ENCODINGS)
  })

  it.each(ENCODED)('reads what only %s has', async (encoding, text, bytes) => {
    expect(await utf8(bytes, encoding)).toBe(text)
  })

  it.each(ENCODED)('reads %s over many blocks', async (encoding, text, bytes) => {
    const lines = 30_000
    const line = Buffer.concat([bytes, Buffer.from(',"x"\r\n')])
    const read = await utf8(Buffer.alloc(line.length * lines, line), encoding)
    expect(read === `${text},"x"\r\n`.repeat(lines)).toBe(true)
  })

  it.each(ENCODED)('reads %s that is one line of many blocks', async (encoding, text, bytes) => {
    const times = 20_000
    const read = await utf8(Buffer.alloc(bytes.length * times, bytes), encoding)
    expect(read === text.repeat(times)).toBe(true)
  })

  it.each(BROKEN)('keeps what follows a broken character of %s', async (encoding, broken) => {
    for (const next of ['"', ',', ';', '\t', '\n', '\r', '"a', '\nb']) {
      const text = await utf8(Buffer.concat([Buffer.from('x,'), broken, Buffer.from(next)]), encoding)
      expect(text).toMatch(/^x,\ufffd+/)
      expect(text.replace(/^x,\ufffd+/, '')).toBe(next)
    }
  })

  it.each(BROKEN)('fails the row of a broken character of %s, and no other', async (encoding, broken) => {
    const file = Buffer.concat([Buffer.from('a,b\r\nc,"'), broken, Buffer.from('"\r\ne,f\r\n')])
    const rows = await rowsOf(await joined(rowReader.toUtf8(inOne(file), encoding)), layout(2, { encoding }))
    expect(rows.map((row) => row.mistake?.code ?? null)).toEqual([null, 'INVALID_BYTES', null])
  })

  it('decodes the same however the bytes are cut', async () => {
    const byte = fc.oneof(
      fc.constantFrom(0x0a, 0x0d, 0x22, 0x2c, 0x1b, 0x24, 0x28, 0x42, 0x49),
      fc.integer({ min: 0, max: 255 }),
    )
    const sizes = fc.array(fc.integer({ min: 1, max: 70_000 }), { maxLength: 4 })
    const legacy = ENCODINGS.filter((encoding) => encoding !== 'UTF-8')
    await fc.assert(
      fc.asyncProperty(
        fc.array(byte, { minLength: 1, maxLength: 50 }),
        sizes,
        fc.constantFrom(...legacy),
        async (bytes, cut, encoding) => {
          const times = Math.ceil(70_000 / bytes.length)
          const file = Buffer.alloc(bytes.length * times, Buffer.from(bytes))
          const text = await joined(rowReader.toUtf8(each(pieces(file, cut)), encoding))
          expect(text.equals(decoded(file, encoding))).toBe(true)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('gives large pieces, not small ones', async () => {
    const sizes: number[] = []
    const file = pieces(Buffer.alloc(200_000, 'Имя,'), new Array<number>(1999).fill(100))
    for await (const piece of rowReader.toUtf8(each(file), 'KOI8-R')) sizes.push(piece.length)
    expect(sizes.slice(0, -2).every((size) => size > 60_000)).toBe(true)
  })

  it('gives nothing for no bytes', async () => {
    for (const encoding of ENCODINGS) expect(await utf8(Buffer.alloc(0), encoding)).toBe('')
  })
})

describe('UTF-8 itself', () => {
  it('loses its byte order mark, even in three pieces', async () => {
    const file = pieces(Buffer.from('\ufeffa\ufeff'), [1, 1])
    expect((await joined(rowReader.toUtf8(each(file), 'UTF-8'))).toString()).toBe('a\ufeff')
  })

  it('keeps its broken bytes, for reading to find', async () => {
    expect(await joined(rowReader.toUtf8(inOne(Buffer.from([0x61, 0xff])), 'UTF-8'))).toEqual(Buffer.from([0x61, 0xff]))
  })
})

describe('ISO-2022-JP', () => {
  const decode = (text: string) => utf8(Buffer.from(text, 'latin1'), 'ISO-2022-JP')

  it.each([
    ['does not return to ASCII', '\x1b$B4A', '漢'],
    ['ends within a character', '\x1b$B4A;', '漢\ufffd'],
    ['ends within an escape sequence', 'a\x1b$', 'a\ufffd'],
    ['has an escape sequence of no known set', '\x1bXa', '\ufffdXa'],
  ])('reads the next line as usual after one that %s', async (_name, line, text) => {
    for (const end of ['\n', '\r', '\r\n']) {
      expect(await decode(`${line}${end}x,"y"${end}`)).toBe(`${text}${end}x,"y"${end}`)
    }
  })

  it('takes escape sequences that nothing is written in', async () => {
    expect(await decode('\x1b$B4A\x1b(B\x1b$B;z\x1b(B\x1b(B,')).toBe('漢字,')
  })

  it('marks a line that is too long to be decoded at once', async () => {
    const text = await decode(`${'x'.repeat(1_200_000)}\ny\n`)
    expect(text.endsWith('x\ny\n')).toBe(true)
    expect(text).toContain('\ufffd')
  })
})
