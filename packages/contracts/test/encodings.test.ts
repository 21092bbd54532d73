import { describe, expect, it } from 'vitest'
import { ENCODINGS, parseDelimiter, parseEncoding } from '../src/encodings.ts'

describe('parseEncoding', () => {
  it('knows the twelve in any case', () => {
    expect(ENCODINGS).toHaveLength(12)
    for (const encoding of ENCODINGS) expect(parseEncoding(` ${encoding.toLowerCase()} `)).toBe(encoding)
  })

  it('knows no other', () => {
    expect(['', 'utf8', 'UTF-16', 'Shift-JIS', 'latin1'].map(parseEncoding)).toEqual([null, null, null, null, null])
  })
})

describe('parseDelimiter', () => {
  it('takes the tab by name, and the others as they are', () => {
    expect([',', ';', '|', '\t', 'tab', 'TAB', '\\t'].map(parseDelimiter)).toEqual([
      ',',
      ';',
      '|',
      '\t',
      '\t',
      '\t',
      '\t',
    ])
    expect(['', ':', ',,', ' '].map(parseDelimiter)).toEqual([null, null, null, null])
  })
})
