import { describe, expect, it } from 'vitest'
import { isEnded, OPERATION_STATES, TRANSITIONS } from '../src/operation-states.ts'

describe('the states of an operation', () => {
  it('lead to an end from every one of them, and from an end nowhere', () => {
    const reaches = (state: (typeof OPERATION_STATES)[number], seen = new Set([state])): boolean =>
      isEnded(state) ||
      OPERATION_STATES.some(
        (next) => TRANSITIONS[state][next] !== undefined && !seen.has(next) && reaches(next, new Set([...seen, next])),
      )
    expect(OPERATION_STATES.filter((state) => !reaches(state))).toEqual([])
    expect(OPERATION_STATES.filter(isEnded)).toEqual(['COMPLETED', 'FAILED', 'CANCELLED'])
  })
})
