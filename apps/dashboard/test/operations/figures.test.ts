import { describe, expect, it } from 'vitest'
import { byteCount, count, duration, rowRate, upTo } from '../../src/operations/figures.ts'

const SECOND = 1_000
const HOUR = 3_600 * SECOND

describe('figures', () => {
  it.each([
    [0, '0 s'],
    [-5 * SECOND, '0 s'],
    [59_999, '59 s'],
    [60 * SECOND, '1 min'],
    [61 * SECOND, '1 min 1 s'],
    [2 * HOUR + 5 * 60 * SECOND + SECOND, '2 h 5 min'],
    [24 * HOUR, '1 d'],
    [49 * HOUR, '2 d 1 h'],
  ])('%i ms last %s', (ms, told) => expect(duration(ms)).toBe(told))

  it.each([
    [0, '0 bytes'],
    [1_023, '1,023 bytes'],
    [1_024, '1 KiB'],
    [1_536, '1.5 KiB'],
    [5 * 1_024 ** 3, '5 GiB'],
    [3 * 1_024 ** 5, '3,072 TiB'],
  ])('%i bytes are %s', (bytes, told) => expect(byteCount(bytes)).toBe(told))

  it('tell that there may be more than was counted', () => {
    expect([upTo(9_999, 10_000), upTo(10_000, 10_000), count(1_234_567)]).toEqual(['9,999', '10,000+', '1,234,567'])
  })

  it('tell slow rates to a tenth, and none as a dash', () => {
    const rate = (perSecond: number) => rowRate({ perSecond, of: 'last minute' }).text.replace(/<[^>]*>/g, '')
    expect([rate(0), rate(0.34), rate(12.6), rate(45_678.9)]).toEqual(['0', '0.3', '13', '45,679'])
    expect(rowRate(null).text).toBe('–')
  })
})
