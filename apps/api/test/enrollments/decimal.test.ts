import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDecimal } from '../../src/enrollments/decimal.ts'

describe('a decimal number', () => {
  it.each([
    ['+07.50', '7.5'],
    ['75e-1', '7.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['-0', '0'],
    ['-0.0e3', '0'],
    ['1E2', '100'],
    ['0012', '12'],
    ['12.3456e2', '1234.56'],
    ['1e-3', '0.001'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
  ])('has one spelling: %s', (text, expected) => {
    expect(readDecimal(text)).toBe(expected)
  })

  it.each([
    '',
    '.',
    '-',
    'e5',
    '1,5',
    '0x10',
    'NaN',
    'Infinity',
    '1 2',
    '1e',
    '1e999',
    '1e31',
    '1e-31',
    '٣',
    '1'.repeat(31),
  ])('is not %j', (text) => {
    expect(readDecimal(text)).toBeNull()
  })

  it('is the number that JavaScript reads, and the same when it is read again', () => {
    const number = fc.tuple(fc.constantFrom('', '+', '-'), fc.nat(), fc.nat(), fc.integer({ min: -9, max: 9 }))
    fc.assert(
      fc.property(number, ([sign, whole, fraction, exponent]) => {
        const text = `${sign}${whole}.${fraction}e${exponent}`
        const read = readDecimal(text)
        expect(Number(read)).toBe(Number(text) === 0 ? 0 : Number(text))
        expect(readDecimal(read ?? '')).toBe(read)
      }),
    )
  })
})
