import { describe, expect, it } from 'vitest'
import { Wrong } from '../../src/declaration/columns.ts'
import { rowCheck } from '../../src/declaration/row-check.ts'
import { sampleOperation } from '../sample-operation.ts'

const checkOf = (header: readonly string[], operation = sampleOperation, at = new Date()) =>
  rowCheck(operation, { options: null, header, seal: (secret) => Buffer.from(secret), at })
const check = checkOf(['locked', 'colour', 'ID', '_code', 'email'])

describe('rowCheck', () => {
  it('finds the columns by name, and the others as attributes', () => {
    expect(check.input.map(({ name }) => name)).toEqual(['id', 'email', 'locked', 'attributes'])
    expect(check.check(['TRUE', 'red', ' a ', 'old', 'a@example.com'])).toEqual({
      key: 'a',
      values: ['a', 'a@example.com', true, '{"colour":"red"}'],
      mistakes: [],
    })
  })

  it('makes null of what is empty or not there', () => {
    expect(checkOf(['id']).check(['a']).values).toEqual(['a', null, null, null])
    expect(check.check(['', ' ', 'a', '', '']).values).toEqual(['a', null, null, null])
  })

  it('tells all mistakes of a row, with their columns', () => {
    const { key, values, mistakes } = check.check(['maybe', 'green', 'longer', '', 'nobody'])
    expect(key).toBeNull()
    expect(values).toEqual([null, null, null, null])
    expect(mistakes.map(({ code, column }) => [code, column])).toEqual([
      ['TOO_LONG', 'id'],
      ['INVALID_EMAIL', 'email'],
      ['INVALID_VALUE', 'locked'],
      ['TOO_LONG', 'colour'],
    ])
  })

  it('keeps the key of a row that is wrong elsewhere, so that its repeats are told', () => {
    expect(check.check(['', '', 'a', '', 'nobody']).key).toBe('a')
  })

  it('wants what is required', () => {
    expect(check.check(['', '', '', '', '']).mistakes).toEqual([{ code: 'REQUIRED', column: 'id', params: undefined }])
  })

  it('tells how much a row may grow by its other columns', () => {
    const wide = Array.from({ length: 100 }, (_, i) => `attribute ${i}`)
    expect(checkOf(['id']).growth).toBe(0)
    expect(checkOf(['id', ...wide]).growth).toBeGreaterThan(100 * 100)
  })

  it('reads what is in a row’s file, and tells what is wrong with it beside its name', () => {
    const at = new Date('2026-01-01')
    const reader: (typeof sampleOperation)['content'] = {
      column: { name: 'text', type: 'text' },
      reader: (_, when) => (file) =>
        file.length === 0 ? [new Wrong('NOT_A_CERTIFICATE')] : `${Buffer.from(file)} ${when.getFullYear()}`,
    }
    const files = checkOf(['id'], { ...sampleOperation, otherColumn: null, content: reader }, at)
    expect(files.input.at(-1)).toEqual({ name: 'text', type: 'text' })
    expect(files.check(['a'], Buffer.from('x'))).toMatchObject({ key: 'a', mistakes: [] })
    expect(files.check(['a'], Buffer.from('x')).values.at(-1)).toBe('x 2026')
    expect(files.check([''], Buffer.alloc(0)).mistakes).toMatchObject([
      { code: 'REQUIRED', column: 'id' },
      { code: 'NOT_A_CERTIFICATE', column: null },
    ])
    const unreadable = files.check(['a'], { code: 'ENTRY_TOO_LARGE', params: { max: 1 } })
    expect(unreadable).toMatchObject({ key: 'a', mistakes: [{ code: 'ENTRY_TOO_LARGE', params: { max: 1 } }] })
    expect(unreadable.values.at(-1)).toBeNull()
    // Of interest is the key alone: nothing is wrong with a file that was not read.
    expect(files.check(['a'])).toMatchObject({ key: 'a', mistakes: [] })
  })
})
