import { describe, expect, it } from 'vitest'
import { checkHeader } from '../../src/declaration/header.ts'
import { sampleOperation, strictOperation } from '../sample-operation.ts'

const titles = (header: string[], operation = strictOperation) =>
  checkHeader(operation, null, header).map(({ title }) => title)

describe('checkHeader', () => {
  it('finds nothing wrong with a good header, in any order, case and spacing', () => {
    expect(titles([' EMAIL ', 'locked', 'Id'])).toEqual([])
    expect(titles(['id', 'email'])).toEqual([])
  })

  it('tells every cause, not only the first', () => {
    expect(titles(['locked', 'Locked', 'colour', ''])).toEqual([
      'DUPLICATE_COLUMNS',
      'MISSING_COLUMNS',
      'MISSING_COLUMNS',
      'UNKNOWN_COLUMNS',
      'UNKNOWN_COLUMNS',
    ])
  })

  it('names the columns and who wants them', () => {
    const details = checkHeader(strictOperation, null, ['id', 'id', 'colour']).map(({ detail }) => detail)
    expect(details[0]).toContain('"id"')
    expect(details[1]).toContain('"email", which the factor config "Mail" needs')
    expect(details[2]).toContain('"colour"')
  })

  it('takes other columns where the operation has a use for them, within limits', () => {
    expect(titles(['id', 'email', 'colour'], sampleOperation)).toEqual([])
    expect(titles(['id', 'email', 'x'.repeat(200)], sampleOperation)).toEqual(['UNKNOWN_COLUMNS'])
    expect(titles(['id', 'email', ...Array.from({ length: 201 }, (_, i) => `c${i}`)], sampleOperation)).toEqual([
      'UNKNOWN_COLUMNS',
    ])
  })

  it('takes back the columns that a failed-rows file added', () => {
    expect(titles(['id', 'email', '_row', '_line', '_code', '_column', '_message'])).toEqual([])
  })

  it('shows names without control characters and not endlessly', () => {
    const [cause] = checkHeader(strictOperation, null, [
      'id',
      'email',
      ...Array.from({ length: 30 }, (_, i) => `c${i}\u0007`),
    ])
    expect(cause?.detail).toContain('and 10 more')
    expect(cause?.detail).not.toMatch(/\p{Cc}/u)
  })
})
