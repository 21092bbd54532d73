import { describe, expect, it } from 'vitest'
import { isEnded, isPausable, OPERATION_STATES, TRANSITIONS } from '../src/operation-states.ts'

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

  it('are entered for a reason, told as a sentence', () => {
    const reasons = OPERATION_STATES.flatMap((state) => Object.values(TRANSITIONS[state]))
    expect(reasons.filter((reason) => !/^[A-Z][^.]+\.$/.test(reason))).toEqual([])
  })

  it('can be paused when a worker may work on it, and then still be cancelled', () => {
    expect(OPERATION_STATES.filter(isPausable)).toEqual(['SCHEDULED', 'PROCESSING'])
    expect(OPERATION_STATES.filter(isPausable).every((state) => 'CANCELLED' in TRANSITIONS[state])).toBe(true)
  })
})
