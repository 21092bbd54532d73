import { describe, expect, it } from 'vitest'
import { MOST_ATTEMPTS, signInLimit } from '../../src/sign-in/sign-in-limit.ts'

describe('the limit of sign-ins', () => {
  const exhaust = (limit: ReturnType<typeof signInLimit>, address: string) => {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) expect(limit.attempt(address)).toBeNull()
  }

  it('ends ten minutes after the first attempt', () => {
    let now = 0
    const limit = signInLimit(() => now)
    exhaust(limit, '192.0.2.1')
    expect(limit.attempt('192.0.2.1')).toBe(600)
    now = 599_000
    expect(limit.attempt('192.0.2.1')).toBe(1)
    now = 600_000
    expect(limit.attempt('192.0.2.1')).toBeNull()
  })

  it('is each address’s own, and starts anew after a success', () => {
    const limit = signInLimit()
    exhaust(limit, '192.0.2.1')
    expect(limit.attempt('192.0.2.2')).toBeNull()
    limit.succeeded('192.0.2.1')
    expect(limit.attempt('192.0.2.1')).toBeNull()
  })

  it('counts an IPv4 address once however it is written, and a /64 of IPv6 as one', () => {
    const limit = signInLimit()
    exhaust(limit, '192.0.2.1')
    expect(limit.attempt('::ffff:192.0.2.1')).not.toBeNull()
    exhaust(limit, '2001:db8:1:2:3:4:5:6')
    expect(limit.attempt('2001:db8:1:2:ffff::1')).not.toBeNull()
    expect(limit.attempt('2001:db8:1:3::1')).toBeNull()
  })

  it('remembers a bounded number of addresses, the newest', () => {
    const limit = signInLimit()
    exhaust(limit, 'first')
    for (let other = 0; other < 10_000; other++) limit.attempt(`other ${other}`)
    expect(limit.attempt('first')).toBeNull()
    exhaust(limit, 'last')
    expect(limit.attempt('last')).not.toBeNull()
  })
})
