import { describe, expect, it } from 'vitest'
import { createSessions, SESSION_SECONDS } from '../src/session.ts'

const operator = { name: 'operator', password: 'correct horse battery' }

describe('a session', () => {
  it('lasts 12 hours', () => {
    let now = 1_800_000_000_000
    const sessions = createSessions(operator, () => now)
    const session = sessions.issue()
    now += SESSION_SECONDS * 1_000 - 1
    expect(sessions.isValid(session)).toBe(true)
    now += 1
    expect(sessions.isValid(session)).toBe(false)
  })

  it('ends when the password or the name changes', () => {
    const session = createSessions(operator).issue()
    expect(createSessions({ ...operator }).isValid(session)).toBe(true)
    expect(createSessions({ ...operator, password: 'another horse battery' }).isValid(session)).toBe(false)
    expect(createSessions({ ...operator, name: 'another' }).isValid(session)).toBe(false)
  })
})
