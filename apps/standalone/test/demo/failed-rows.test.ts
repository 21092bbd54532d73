import { describe, expect, it } from 'vitest'
import { compareFailures } from '../../src/demo/failed-rows.ts'

const EXPECTED = new Map([[7, { code: 'REQUIRED', column: 'userId' } as const]])
const TOLD = { row: 7, code: 'REQUIRED', column: 'userId', message: '' }

describe('the comparison of failed rows', () => {
  it('is content with exactly what was planted', () => {
    expect(compareFailures([TOLD], EXPECTED)).toEqual([])
  })

  it('tells a failure that is missing, one that is wrong, one too many and one told twice', () => {
    expect(compareFailures([], EXPECTED)).toEqual(['row 7 should fail with REQUIRED (userId); the file tells nothing'])
    expect(compareFailures([{ ...TOLD, column: null }], EXPECTED)).toHaveLength(1)
    expect(compareFailures([TOLD, { ...TOLD, row: 8 }], EXPECTED)).toEqual([
      'row 8 is good, yet it failed with REQUIRED',
    ])
    expect(compareFailures([TOLD, TOLD], EXPECTED)).toHaveLength(1)
  })
})
