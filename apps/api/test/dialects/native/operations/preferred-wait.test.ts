import { describe, expect, it } from 'vitest'
import { preferredWait } from '../../../../src/dialects/native/operations/preferred-wait.ts'

describe('the preferred wait', () => {
  it.each([
    ['wait=20', 20],
    ['respond-async, wait=1', 1],
    ['WAIT = "60" ; x=y, foo', 60],
    ['wait=20, wait=5', 20],
    ['wait=61', 60],
    ['wait=999999999', 60],
  ])('of %s is %d seconds', (prefer, seconds) => {
    expect(preferredWait(prefer)).toBe(seconds)
  })

  it.each([null, '', 'respond-async', 'wait', 'wait=', 'wait=0', 'wait=-1', 'wait=1.5', 'wait=x', 'await=5'])(
    'of %s is none',
    (prefer) => {
      expect(preferredWait(prefer)).toBeNull()
    },
  )
})
