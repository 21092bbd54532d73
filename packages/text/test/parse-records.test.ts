import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRecords, type Span } from '../src/parse-records.ts'

const plain = fc.string({ unit: fc.constantFrom('a', ' ', 'é', '木', '𠮷', '-', "'", '='), maxLength: 8 })
const quoted = fc
  .string({ unit: fc.constantFrom('a', '""', ',', '\n', '\r\n', '木'), maxLength: 8 })
  .map((text) => `"${text}"`)
const record = fc.array(fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: quoted }), {
  minLength: 2,
  maxLength: 5,
})
const lineEnd = fc.constantFrom('\n', '\r\n', '\r')

/** The records' bytes and where each is. */
function laidOut(records: readonly { cells: readonly string[]; end: string }[]): { bytes: Buffer; spans: Span[] } {
  const parts: Buffer[] = []
  const spans: Span[] = []
  let at = 0
  for (const { cells, end } of records) {
    const text = Buffer.from(cells.join(','))
    const next = at + text.length + end.length
    parts.push(text, Buffer.from(end))
    spans.push({ start: at, end: at + text.length, next })
    at = next
  }
  return { bytes: Buffer.concat(parts), spans }
}

describe('parseRecords', () => {
  it('reads every record as csv-parse does, whether it has quotes or not', () => {
    const records = fc.array(fc.record({ cells: record, end: lineEnd }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(records, (each) => {
        const { bytes, spans } = laidOut(each)
        const whole = parse(bytes, { record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true })
        const uniform = each.every(({ cells }) => cells.length === each[0]?.cells.length)
        if (uniform) expect(parseRecords(bytes, spans, ',')).toEqual(whole)
        for (const [index, span] of spans.entries()) expect(parseRecords(bytes, [span], ',')).toEqual([whole[index]])
      }),
      { numRuns: 500 },
    )
  })

  it('leaves out what stands between the records', () => {
    const bytes = Buffer.from('a,b\nBAD"\nc,"d,e"\nBAD"\n"f",g\nh,i\n')
    const spans = [
      { start: 0, end: 3, next: 4 },
      { start: 9, end: 16, next: 17 },
      { start: 22, end: 27, next: 28 },
      { start: 28, end: 31, next: 32 },
    ]
    expect(parseRecords(bytes, spans, ',')).toEqual([
      ['a', 'b'],
      ['c', 'd,e'],
      ['f', 'g'],
      ['h', 'i'],
    ])
  })

  it('says so, without quoting a cell, when it is given what is no record', () => {
    const bytes = Buffer.from('secret"x,b\n')
    expect(() => parseRecords(bytes, [{ start: 0, end: 10, next: 11 }], ',')).toThrow(
      /^The CSV parser does not see the records/,
    )
  })
})
