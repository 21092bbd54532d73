import type { Delimiter } from '@muster/contracts'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecordScanner } from '../src/record-scanner.ts'

const text = fc.string({
  unit: fc.constantFrom('a', 'b', '"', '""', ',', ';', '\n', '\r', '\r\n', '",', ',"', '\n"'),
  maxLength: 60,
})
const startingRecord = text.filter((source) => !/^([\r\n]|$)/.test(source))

/** What the CSV parser makes of the first record; null when it takes none. */
function parsed(source: string, delimiter: Delimiter): { cells: number; next: number } | null {
  try {
    const records: unknown = parse(source, { delimiter, record_delimiter: ['\r\n', '\n', '\r'], to: 1, info: true })
    const [first] = records as { record: string[]; info: { bytes: number } }[]
    return first === undefined ? null : { cells: first.record.length, next: first.info.bytes }
  } catch {
    return null
  }
}

describe('scanning a record', () => {
  it('finds what the CSV parser finds, and refuses what it refuses', () => {
    fc.assert(
      fc.property(startingRecord, fc.constantFrom<Delimiter>(',', ';'), (source, delimiter) => {
        const scanner = new RecordScanner(delimiter)
        const found = scanner.scan(Buffer.from(source), 0, true)
        const scanned = found === 'record' ? { cells: scanner.cells, next: scanner.next } : null
        expect(scanned).toEqual(parsed(source, delimiter))
        expect(['record', 'malformed']).toContain(found)
      }),
      { numRuns: 20_000 },
    )
  })

  it('never changes its answer when more bytes come', () => {
    fc.assert(
      fc.property(startingRecord, (source) => {
        const bytes = Buffer.from(source)
        const answers = new Set<string>()
        for (let length = 1; length <= bytes.length; length++) {
          const scanner = new RecordScanner(',')
          const found = scanner.scan(bytes.subarray(0, length), 0, false)
          const { cells, end, next, lineEnds, problem } = scanner
          if (found === 'record') answers.add(JSON.stringify({ found, cells, end, next, lineEnds }))
          else if (found !== 'incomplete') answers.add(JSON.stringify({ found, end, next, lineEnds, problem }))
          else expect(answers.size).toBe(0)
        }
        expect(answers.size).toBeLessThanOrEqual(1)
      }),
      { numRuns: 5000 },
    )
  })

  it('looks at each byte a bounded number of times, whatever quotes there are', () => {
    const line = fc.constantFrom('x,"y', '"', '"""', '"",b', 'a,b', 'a"', '"a"b', ',"""', '""""a', '')
    fc.assert(
      fc.property(fc.array(line, { minLength: 50, maxLength: 400 }), (lines) => {
        const bytes = Buffer.from(lines.join('\n'))
        let looks = 0
        const watched = new Proxy(bytes, {
          get(target, property) {
            if (typeof property === 'string' && /^\d+$/.test(property)) looks++
            return Reflect.get(target, property, target)
          },
        })
        const scanner = new RecordScanner(',')
        let at = 0
        while (at < bytes.length) {
          if (bytes[at] === 0x0a) at++
          else {
            scanner.scan(watched, at, true)
            at = scanner.next
          }
        }
        expect(looks).toBeLessThan(8 * bytes.length)
      }),
      { numRuns: 300 },
    )
  })
})
