import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guarded, isFailedRowsFile, meantHeader, unguarded } from '../../src/source/formula-guard.ts'

const OWN = ['_row', '_line', '_code', '_column', '_message']
const cell = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', 'a') }))

describe('the guard', () => {
  it('comes off again, whatever the cell', () => {
    fc.assert(fc.property(cell, (text) => void expect(unguarded(guarded(text))).toBe(text)))
  })

  it('leaves no cell that a spreadsheet would run', () => {
    fc.assert(fc.property(cell, (text) => void expect(guarded(text)).not.toMatch(/^[=+\-@\t\r]/)))
    expect(guarded('=1+1')).toBe("'=1+1")
  })

  it('is put before nothing else', () => {
    expect(["'quoted'", 'a=b', '', ' =1'].map(guarded)).toEqual(["'quoted'", 'a=b', '', ' =1'])
  })
})

describe('a failed-rows file', () => {
  it('is told by all five of its columns, in any order', () => {
    expect(isFailedRowsFile(['_message', 'id', '_code', '_row', '_line', '_column'])).toBe(true)
    expect(isFailedRowsFile(['id', '_row', '_code'])).toBe(false)
  })

  it('has guarded names in its header, as it has guarded cells', () => {
    expect(meantHeader(["'=x", ...OWN])).toEqual(['=x', ...OWN])
    expect(meantHeader(["'=x"])).toEqual(["'=x"])
  })
})
