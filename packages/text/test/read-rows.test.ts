import type { Row } from '@muster/engine/ports'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowReader } from '../src/index.ts'
import { MAX_RECORD_BYTES } from '../src/record-scanner.ts'
import { collected, each, layout, pieces, rowsOf, rowsOfPieces, START } from './reading.ts'

const cellsOf = (rows: readonly Row[]) => rows.map((row) => row.cells)
const problems = (rows: readonly Row[]) => rows.map((row) => row.mistake?.params?.['problem'] ?? null)
const fromLine = (line: number) => ({ ...START, line })

describe('reading rows', () => {
  it('tells each row’s number, line and the position after it', async () => {
    expect(await rowsOf('a,b\n"c\nd",e\r\nf,g', layout(2), { row: 7, line: 3, byte: 0 })).toEqual([
      { number: 8, line: 3, cells: ['a', 'b'], mistake: null, nextLine: 4, nextByte: 4 },
      { number: 9, line: 4, cells: ['c\nd', 'e'], mistake: null, nextLine: 6, nextByte: 13 },
      { number: 10, line: 6, cells: ['f', 'g'], mistake: null, nextLine: 6, nextByte: 16 },
    ])
  })

  it.each([
    ['LF', '\n'],
    ['CR', '\r'],
    ['CRLF', '\r\n'],
  ])('takes %s as one line end, inside quotes too', async (_name, end) => {
    const rows = await rowsOf(['a,b', `"c${end}d",e`, 'f,g', ''].join(end), layout(2))
    expect(cellsOf(rows)).toEqual([
      ['a', 'b'],
      [`c${end}d`, 'e'],
      ['f', 'g'],
    ])
    expect(rows.map((row) => [row.line, row.nextLine])).toEqual([
      [1, 2],
      [2, 4],
      [4, 5],
    ])
  })

  it('takes mixed line ends', async () => {
    expect(cellsOf(await rowsOf('a\nb\rc\r\nd', layout(1)))).toEqual([['a'], ['b'], ['c'], ['d']])
  })

  it('takes a CRLF that came in two pieces as one line end', () => {
    const rows = rowsOfPieces(Buffer.from('a\r\n\r\nb\r\n'), [2, 2], layout(1))
    expect(rows.map((row) => [row.line, row.nextByte])).toEqual([
      [1, 3],
      [3, 8],
    ])
  })

  it('counts an empty line as a line, but not as a row', async () => {
    const rows = await rowsOf('\n\na,b\n\r\n\nc,d\n\n', layout(2))
    expect(rows.map((row) => [row.number, row.line, row.nextLine])).toEqual([
      [1, 3, 4],
      [2, 6, 7],
    ])
  })

  it('counts a line of one quoted empty cell, or of spaces, as a row', async () => {
    expect(cellsOf(await rowsOf('""\n  \n', layout(1)))).toEqual([[''], ['  ']])
  })

  it.each([',', ';', '|', '\t'] as const)('separates cells by %j alone', async (delimiter) => {
    const others = [',', ';', '|', '\t'].filter((other) => other !== delimiter).join('')
    const rows = await rowsOf(`a${others}${delimiter}"b${delimiter}c"`, layout(2, { delimiter }))
    expect(cellsOf(rows)).toEqual([[`a${others}`, `b${delimiter}c`]])
  })

  it('takes two quotes in a quoted cell as one', async () => {
    expect(cellsOf(await rowsOf('"a""b","""",""\n', layout(3)))).toEqual([['a"b', '"', '']])
  })

  it('gives no rows for no bytes', async () => {
    expect(await rowsOf('', layout(2))).toEqual([])
    expect(await rowsOf('\r\n\r\n', layout(2))).toEqual([])
  })
})

describe('a malformed row', () => {
  it('is given raw, and the next line is read as usual', async () => {
    const rows = await rowsOf('a,b"c\nd,e\n"f"g,h\ni,j\n', layout(2))
    expect(problems(rows)).toEqual(['a quote in the middle of a cell', null, 'text after a closing quote', null])
    expect(cellsOf(rows)).toEqual([['a,b"c'], ['d', 'e'], ['"f"g,h'], ['i', 'j']])
    expect(rows[0]?.mistake).toEqual({
      code: 'MALFORMED_ROW',
      column: null,
      params: { problem: 'a quote in the middle of a cell' },
    })
  })

  it('costs its line when its quote is not closed before the end of the file', async () => {
    const rows = await rowsOf('a,b\nc,"d\ne,f\r\ng,h', layout(2))
    expect(problems(rows)).toEqual([null, 'a quote that is not closed', null, null])
    expect(rows.map((row) => row.line)).toEqual([1, 2, 3, 4])
    expect(cellsOf(rows)).toEqual([['a', 'b'], ['c,"d'], ['e', 'f'], ['g', 'h']])
  })

  it('tells how many cells it has, and how many it should', async () => {
    const rows = await rowsOf('a,b,c\nd\ne,f\n"g\n,",h,i\n', layout(2))
    expect(problems(rows)).toEqual([
      '3 cells where the header has 2',
      '1 cell where the header has 2',
      null,
      '3 cells where the header has 2',
    ])
    expect(cellsOf(rows)).toEqual([['a,b,c'], ['d'], ['e', 'f'], ['"g\n,",h,i']])
  })
})

describe('bytes that are not of the encoding', () => {
  it('fail their row alone in a UTF-8 file', async () => {
    const bytes = Buffer.concat([Buffer.from('é,b\n'), Buffer.from([0xc3, 0x2c, 0x62, 0x0a]), Buffer.from('漢,d\n')])
    const rows = await rowsOf(bytes, layout(2))
    expect(rows.map((row) => row.mistake)).toEqual([
      null,
      { code: 'INVALID_BYTES', column: null, params: { encoding: 'UTF-8' } },
      null,
    ])
    expect(cellsOf(rows)).toEqual([
      ['é', 'b'],
      ['\ufffd', 'b'],
      ['漢', 'd'],
    ])
  })

  it('are not suspected behind a U+FFFD that a UTF-8 file really holds', async () => {
    expect((await rowsOf('\ufffd,b\n', layout(2)))[0]?.mistake).toBeNull()
  })

  it('are known by U+FFFD in the copy of any other file', async () => {
    const rows = await rowsOf('a,b\n\ufffd,b\n', layout(2, { encoding: 'Shift_JIS' }))
    expect(rows.map((row) => row.mistake?.code ?? null)).toEqual([null, 'INVALID_BYTES'])
    expect(rows[1]?.mistake?.params).toEqual({ encoding: 'Shift_JIS' })
  })

  it('are not told of a row that is malformed as well', async () => {
    const rows = await rowsOf(Buffer.from([0xff, 0x22, 0x0a]), layout(1))
    expect(rows.map((row) => row.mistake?.code)).toEqual(['MALFORMED_ROW'])
  })
})

describe('a record at the limit of 1 MiB', () => {
  const cuts = [[], [MAX_RECORD_BYTES - 1, 1, 1, 1, 1], new Array<number>(20).fill(100_000)]
  const long = (length: number, text = 'x') => text.repeat(Math.ceil(length / text.length)).slice(0, length)

  it.each(cuts)('is read if it is just as long, quoted or not', (...sizes) => {
    for (const record of [long(MAX_RECORD_BYTES), `"${long(MAX_RECORD_BYTES - 2, 'x\n')}"`]) {
      for (const end of ['\n', '\r\n', '']) {
        const [row, ...others] = rowsOfPieces(Buffer.from(record + end), sizes, layout(1))
        expect(others).toEqual([])
        expect(row?.mistake).toBeNull()
        expect(row?.cells[0]?.length).toBe(record.startsWith('"') ? MAX_RECORD_BYTES - 2 : MAX_RECORD_BYTES)
        expect(row?.nextByte).toBe(MAX_RECORD_BYTES + end.length)
      }
    }
  })

  it.each(cuts)('fails without its text if it is one line that is longer, and the next line is read', (...sizes) => {
    for (const record of [long(MAX_RECORD_BYTES + 1), `"${long(MAX_RECORD_BYTES - 1)}"`, `a"${long(2_000_000)}`]) {
      for (const end of ['\n', '\r', '\r\n']) {
        const rows = rowsOfPieces(Buffer.from(`a${end}${record}${end}b${end}`), sizes, layout(1))
        expect(problems(rows)).toEqual([null, 'longer than 1 MiB', null])
        expect(cellsOf(rows)).toEqual([['a'], [], ['b']])
        expect(rows.map((row) => [row.line, row.nextLine])).toEqual([
          [1, 2],
          [2, 3],
          [3, 4],
        ])
        expect(rows[1]?.nextByte).toBe(1 + 2 * end.length + record.length)
      }
    }
  })

  it.each(cuts)('fails at the end of the file too', (...sizes) => {
    const rows = rowsOfPieces(Buffer.from(long(MAX_RECORD_BYTES + 1)), sizes, layout(1))
    expect(rows).toMatchObject([{ number: 1, line: 1, nextLine: 1, nextByte: MAX_RECORD_BYTES + 1 }])
    expect(problems(rows)).toEqual(['longer than 1 MiB'])
  })

  it.each(cuts)('gives up its first line if a quoted cell makes it longer, and reads the second', (...sizes) => {
    const rows = rowsOfPieces(Buffer.from(`1,"a\n${'b,c\n'.repeat(300_000)}`), sizes, layout(2))
    expect(rows.length).toBe(300_001)
    expect(problems(rows.slice(0, 2))).toEqual(['a quote that is not closed within 1 MiB', null])
    expect(cellsOf(rows.slice(0, 2))).toEqual([['1,"a'], ['b', 'c']])
    expect(rows.slice(1).every((row) => row.mistake === null)).toBe(true)
  })

  it('takes no memory for a line of 200 MB', async () => {
    const piece = Buffer.alloc(256 * 1024, 'x')
    let peak = 0
    async function* line() {
      const before = held()
      for (let sent = 0; sent < 200_000_000; sent += piece.length) {
        yield Buffer.from(piece)
        peak = Math.max(peak, held() - before)
      }
      yield Buffer.from('\nb\n')
    }
    const rows = await collected(rowReader.read(line(), layout(1), START))
    expect(cellsOf(rows)).toEqual([[], ['b']])
    expect(peak).toBeLessThan(100_000_000)
  })
})

/** Bytes held by this process outside of its code. */
function held(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

describe('whatever the file holds', () => {
  const fragment = fc.oneof(
    fc
      .constantFrom('a', 'é', '漢', ',', ';', '"', '""', '\n', '\r', '\r\n', '\n\n', ' ', '\ufffd')
      .map((text) => Buffer.from(text)),
    fc
      .constantFrom('"x"', ',"y\n,z",', 'a,b\n', 'a,b\r\n', '"a","b"\r', '"a\r\nb",c\n', ',\n')
      .map((text) => Buffer.from(text)),
    fc.constantFrom([0xff], [0xc3], [0xe6, 0xbc], [0x80]).map((bytes) => Buffer.from(bytes)),
  )
  const file = fc.array(fragment, { maxLength: 60 }).map((fragments) => Buffer.concat(fragments))
  const cut = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 80 })
  const width = fc.integer({ min: 1, max: 3 })

  it('reads the same rows however the bytes are cut', () => {
    fc.assert(
      fc.property(file, cut, width, (bytes, sizes, cells) => {
        expect(rowsOfPieces(bytes, sizes, layout(cells))).toEqual(rowsOfPieces(bytes, [], layout(cells)))
      }),
      { numRuns: 3000 },
    )
  })

  it('reads the same rows from whichever row’s next position it starts', () => {
    fc.assert(
      fc.property(file, cut, width, fc.constantFrom('UTF-8', 'Big5'), (bytes, sizes, cells, encoding) => {
        const how = layout(cells, { encoding })
        const rows = rowsOfPieces(bytes, [], how)
        for (const [index, { number, nextLine, nextByte }] of rows.entries()) {
          const from = { row: number, line: nextLine, byte: nextByte }
          expect(rowsOfPieces(bytes, sizes, how, from)).toEqual(rows.slice(index + 1))
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('leaves no byte out and reads none twice', () => {
    fc.assert(
      fc.property(file, width, (bytes, cells) => {
        const rows = rowsOfPieces(bytes, [], layout(cells))
        let at = 0
        for (const row of rows) {
          expect(row.nextByte).toBeGreaterThan(at)
          expect(row.line).toBe(1 + lineEnds(bytes, startOf(bytes, at)))
          at = row.nextByte
          expect(row.nextLine).toBe(1 + lineEnds(bytes, at))
        }
        expect(bytes.subarray(at).every((byte) => byte === 0x0a || byte === 0x0d)).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })

  it('reads through the public reader what it reads in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(file, cut, width, async (bytes, sizes, cells) => {
        const read = await collected(rowReader.read(each(pieces(bytes, sizes)), layout(cells), fromLine(5)))
        expect(read).toEqual(rowsOfPieces(bytes, [], layout(cells), fromLine(5)))
      }),
      { numRuns: 300 },
    )
  })
})

function lineEnds(bytes: Buffer, to: number): number {
  return bytes.toString('latin1', 0, to).match(/\r\n|\n|\r/g)?.length ?? 0
}

/** Where the first line that is not blank starts. */
function startOf(bytes: Buffer, from: number): number {
  return from + (/^[\r\n]*/.exec(bytes.toString('latin1', from))?.[0].length ?? 0)
}

describe('files made to be slow', () => {
  const size = 1_600_000
  it.each([
    ['a quote opened on every line', 'x,"y\n'],
    ['a stray quote on every line', 'x,y"\n'],
    ['a quote alone on every line', '"\n'],
    ['three quotes on every line', ',"""\n'],
    ['text after a quote on every line', '"x"y,z\n'],
    ['an unclosed quote now and then', `"\n${'a,b\n'.repeat(5_000)}x`],
    ['an unclosed quote and escaped ones', `"\n${'"",b\n'.repeat(5_000)}x`],
    ['too few cells on every line', 'x\n'],
    ['a broken byte on every line', Buffer.from([0xff, 0x2c, 0x78, 0x0a])],
    ['nothing but line ends', '\r'],
  ])('are read in time: %s', { timeout: 30_000 }, async (_name, text) => {
    const piece = Buffer.from(text)
    const bytes = Buffer.alloc(size, piece)
    let rows = 0
    let at = 0
    for await (const batch of rowReader.read(each([bytes]), layout(2), START)) {
      rows += batch.length
      at = batch.at(-1)?.nextByte ?? at
    }
    expect(rows === 0 || at === size).toBe(true)
  })
})
