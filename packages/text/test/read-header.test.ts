import type { Delimiter, Encoding } from '@muster/contracts'
import { describe, expect, it } from 'vitest'
import { readHeader, rowReader } from '../src/index.ts'
import { ENCODED } from './encoded-samples.ts'
import { inOne, joined, layout, rowsOf } from './reading.ts'

interface How {
  complete?: boolean
  encoding?: Encoding
  delimiter?: Delimiter | null
}

const read = (sample: string | Uint8Array, { complete = true, encoding = 'UTF-8', delimiter = null }: How = {}) =>
  readHeader(typeof sample === 'string' ? Buffer.from(sample) : sample, { complete, encoding, delimiter })

describe('reading a header', () => {
  it('gives the names without surrounding space, and where the rows start', () => {
    expect(read('User Id, Email ,"a ""b"""\r\n1,2,3\r\n')).toEqual({
      header: ['User Id', 'Email', 'a "b"'],
      delimiter: ',',
      start: { row: 0, line: 2, byte: 27 },
    })
  })

  it.each([
    ['a,b;c\n1', ',', 2],
    ['a;b;c\n1', ';', 3],
    ['a|b\n1', '|', 2],
    ['a\tb,c\td\n1', '\t', 3],
    ['"a,b,c";d\n1', ';', 2],
    ['"a;b","c;d"\n1', ',', 2],
    ['a,b;c,d;e\n1', ',', 3],
    ['a b\n1', ',', 1],
  ])('finds the delimiter of %j', (text, delimiter, cells) => {
    const found = read(text)
    expect(found).toMatchObject({ delimiter })
    expect('header' in found && found.header.length).toBe(cells)
  })

  it('takes the delimiter it is told', () => {
    expect(read('a,b,c;d\n1', { delimiter: ';' })).toMatchObject({ header: ['a,b,c', 'd'], delimiter: ';' })
  })

  it('leaves blank lines out, and the byte order mark', () => {
    expect(read('\ufeff\r\n\na,b\n1,2\n')).toMatchObject({ header: ['a', 'b'], start: { row: 0, line: 4, byte: 10 } })
  })

  it('counts the lines within the header', () => {
    expect(read('"a\nb",c\n1,2\n')).toMatchObject({ header: ['a\nb', 'c'], start: { row: 0, line: 3, byte: 8 } })
  })

  it.each(ENCODED)('reads one in %s, and its start is that of the first row', async (encoding, text, bytes) => {
    const file = Buffer.concat([bytes, Buffer.from(',b\r\n'), bytes, Buffer.from(',c\r\n')])
    const found = read(file, { encoding })
    if (!('header' in found)) throw new Error(found.detail)
    expect(found.header).toEqual([text, 'b'])
    const rows = await rowsOf(
      await joined(rowReader.toUtf8(inOne(file), encoding)),
      layout(2, { encoding }),
      found.start,
    )
    expect(rows).toMatchObject([{ number: 1, line: 2, cells: [text, 'c'], mistake: null }])
  })

  it('does not mind a sample that ends within a row or a character', () => {
    const sample = Buffer.from('a,b\n漢').subarray(0, 5)
    expect(read(sample, { complete: false })).toMatchObject({ header: ['a', 'b'] })
  })

  it('takes a header at the end of a sample that is not the whole file', () => {
    expect(read('a,b\n', { complete: false })).toMatchObject({ start: { line: 2, byte: 4 } })
  })
})

describe('a file without rows', () => {
  it.each([
    ['', /holds no text/],
    ['\r\n\n\r', /holds no text/],
    ['\ufeff', /holds no text/],
    ['a,b', /header but no row/],
    ['a,b\r\n\r\n', /header but no row/],
  ])('is told as empty: %j', (text, detail) => {
    expect(read(text)).toEqual({ problem: 'EMPTY_FILE', detail: expect.stringMatching(detail) })
  })
})

describe('a header that cannot be read', () => {
  const zip = Buffer.from('PK\x03\x04\x0a\x00\x00\x00rest', 'latin1')
  it.each<[string, string | Uint8Array, How, RegExp]>([
    ['bytes of another encoding', Buffer.from([0x95, 0x5c, 0x2c, 0x0a, 0x31]), {}, /not UTF-8/],
    ['bytes of none', Buffer.from([0x95, 0x0a, 0x31]), { encoding: 'Shift_JIS' }, /not Shift_JIS/],
    ['a quote in a cell', 'a,b"c\n1,2\n', {}, /quote in the middle/],
    ['text after a quote', '"a"b,c\n1,2\n', {}, /text after a closing quote/],
    ['a quote that is not closed', '"a,b\n1,2\n', {}, /not closed/],
    ['one longer than the sample', 'a,'.repeat(32_768), { complete: false }, /64 KiB/],
    ['none in the sample', '\n'.repeat(65_536), { complete: false }, /64 KiB/],
    ['a quote that is not closed in the sample', '"a,b\n1,2\n', { complete: false }, /64 KiB.*quote/],
    ['an archive', zip, {}, /archive/],
    ['an archive, said to be Latin', zip, { encoding: 'ISO-8859-1' }, /archive/],
    ['UTF-16', Buffer.from('a,b\n1,2\n', 'utf16le'), {}, /UTF-16/],
  ])('is refused with what to do about it: %s', (_name, sample, how, detail) => {
    expect(read(sample, how)).toEqual({ problem: 'UNREADABLE_HEADER', detail: expect.stringMatching(detail) })
  })

  it('never quotes the file', () => {
    const found = read('secret,x"y\n1\n')
    expect(JSON.stringify(found)).not.toMatch(/secret|x/)
  })
})
