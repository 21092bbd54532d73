import { describe, expect, it } from 'vitest'
import { rowCheck } from '../../src/declaration/row-check.ts'
import { sampleOperation } from '../sample-operation.ts'

const seal = (secret: string) => Buffer.from(secret)
const check = rowCheck(sampleOperation, null, ['locked', 'colour', 'ID', '_code', 'email'], seal)

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
    expect(rowCheck(sampleOperation, null, ['id'], seal).check(['a']).values).toEqual(['a', null, null, null])
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
    expect(rowCheck(sampleOperation, null, ['id'], seal).growth).toBe(0)
    expect(rowCheck(sampleOperation, null, ['id', ...wide], seal).growth).toBeGreaterThan(100 * 100)
  })
})
