import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDateValue } from '../../src/enrollments/date-value.ts'

describe('a date', () => {
  it('is the same in each of its spellings, whatever the day', () => {
    const years = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }
    fc.assert(
      fc.property(fc.date(years), (date) => {
        const time = `${date.toISOString().slice(0, 19)}Z`
        const day = time.slice(0, 10)
        const [year, month, dayOfMonth] = day.split('-')
        expect(readDateValue(day)).toBe(day)
        expect(readDateValue(`${month}/${dayOfMonth}/${year}`)).toBe(day)
        expect(readDateValue(time)).toBe(time)
        expect(readDateValue(time.slice(0, -1))).toBe(time)
      }),
    )
  })

  it.each([
    '2026-02-29',
    '02/29/2026',
    '2026-13-01',
    '13/01/2026',
    '2026-04-31',
    '0000-01-01',
    '2026-00-10',
    '2026-04-01T24:00:00Z',
    '2026-04-01T23:60:00',
    '2026-04-01T23:59:60Z',
    '2026-02-30T10:00:00Z',
    '2026-04-01T10:00:00+02:00',
    '2026-04-01T10:00Z',
    '2026-04-01 10:00:00',
    '2026-4-1',
    '4/1/2026',
    '20260401',
    '01.04.2026',
    '',
  ])('is not %j', (text) => {
    expect(readDateValue(text)).toBeNull()
  })

  it('is there on leap days', () => {
    expect(readDateValue('02/29/2028')).toBe('2028-02-29')
  })
})
