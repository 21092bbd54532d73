import { describe, expect, it } from 'vitest'
import { ROW_CODES, rowMessage } from '../src/row-codes.ts'

describe('rowMessage', () => {
  it('tells of every code in a sentence', () => {
    const params = {
      max: 255,
      expected: 'TRUE or FALSE',
      encoding: 'Shift_JIS',
      problem: 'a quote that is not closed',
      firstRow: 7,
      factorConfig: '2000000283050',
      method: 12,
      reply: '550 no such mailbox',
      hours: 24,
    }
    for (const code of ROW_CODES) expect(rowMessage({ code, params })).toMatch(/^[A-Z](?!.*undefined).{10,}\.$/)
  })

  it('names the numbers and words it is given', () => {
    expect(rowMessage({ code: 'TOO_LONG', params: { max: 64 } })).toContain('64 characters')
    expect(rowMessage({ code: 'DUPLICATE_KEY', params: { firstRow: 41873 } })).toContain('Row 41873')
  })
})
