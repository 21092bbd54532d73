import { ENCODINGS, type Encoding } from '@muster/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canWrite, rowReader, writeCsv } from '../src/index.ts'
import { ENCODED } from './encoded-samples.ts'
import { each, inOne, joined, layout, rowsOf } from './reading.ts'

const written = (records: readonly (readonly string[])[], encoding: Encoding = 'UTF-8') =>
  joined(writeCsv(each(records), { delimiter: ',', encoding }))

describe('writing CSV', () => {
  it('quotes what needs it and ends each record with CRLF', async () => {
    const records = [
      ['a', 'b c', ''],
      ['x,y', 'say "hi"', 'one\ntwo'],
      ['one\rtwo', ' ', ';'],
    ]
    expect((await written(records)).toString()).toBe('a,b c,\r\n"x,y","say ""hi""","one\ntwo"\r\n"one\rtwo", ,;\r\n')
  })

  it('writes a record of one empty cell so that it is no blank line', async () => {
    expect((await written([[''], ['a']])).toString()).toBe('""\r\na\r\n')
  })

  it('writes nothing for no records', async () => {
    expect((await written([])).length).toBe(0)
  })

  it.each(ENCODED)('writes %s back', async (encoding, text) => {
    const bytes = await written([[text, 'b']], encoding)
    expect((await joined(rowReader.toUtf8(inOne(bytes), canWrite(encoding)))).toString()).toBe(`${text},b\r\n`)
  })

  it('starts with a byte order mark where UTF-8 stands in for another encoding', async () => {
    expect((await written([['漢']], 'ISO-2022-JP')).toString()).toBe('\ufeff漢\r\n')
    expect((await written([['漢']], 'UTF-8')).toString()).toBe('漢\r\n')
  })

  it.each(ENCODINGS.filter((encoding) => canWrite(encoding) === encoding && encoding !== 'UTF-8'))(
    'writes ? for what %s does not have',
    async (encoding) => {
      expect((await written([['\ufffd', '😀ก', 'z']], encoding)).toString('latin1')).toMatch(/^\?,\?+,z\r\n$/)
    },
  )

  it('takes no more records than its reader wants', async () => {
    let taken = 0
    async function* records() {
      for (;;) {
        taken++
        yield ['x'.repeat(100)]
      }
    }
    const bytes = writeCsv(records(), { delimiter: ',', encoding: 'KOI8-R' })
    await bytes.next()
    expect(taken).toBeLessThan(1000)
    await bytes.return(undefined)
  })

  it('is read back as it was, whatever the cells hold', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\t', '\n', '\r', ' ', '漢', '😀') })
    const records = fc
      .integer({ min: 1, max: 4 })
      .chain((cells) => fc.array(fc.array(cell, { minLength: cells, maxLength: cells }), { minLength: 1 }))
    await fc.assert(
      fc.asyncProperty(records, fc.constantFrom(',', ';', '\t', '|'), async (all, delimiter) => {
        const bytes = await joined(writeCsv(each(all), { delimiter, encoding: 'UTF-8' }))
        const rows = await rowsOf(bytes, layout(all[0]?.length ?? 0, { delimiter }))
        expect(rows.map((row) => row.cells)).toEqual(all)
      }),
    )
  })
})
