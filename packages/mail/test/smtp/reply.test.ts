import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reply } from '../../src/smtp/reply.ts'

const JANE = 'jane.doe@example.com'

describe('a reply', () => {
  it.each([
    ['550 5.1.1 <jane.doe@example.com>: Recipient address rejected', '550 5.1.1 …: Recipient address rejected'],
    ['550 jane.doe@example.com unknown', '550 … unknown'],
    ['550 5.1.1 No such user: Jane.Doe', '550 5.1.1 No such user: …'],
    ['550 "jane doe"@example.com is not here', '550 … is not here'],
    ['550 see https://example.com/?to=jane.doe%40example.com', '550 see …'],
    ['550 <jane', '550 …'],
    ['550-5.1.1 The account does\r\n550-5.1.1 not exist.\n550 5.1.1 Bye', '550 5.1.1 The account does not exist. Bye'],
    ['451\tlater\u0000\u001b[31m\u202e now', '451 later [31m now'],
  ])('%j is told as %j', (given, told) => {
    expect(reply(given, JANE)).toBe(told)
  })

  it('is one line of 200 characters at most, whatever a server says, and holds no address', () => {
    const word = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(JANE, '<', '>', '"', '@', '\r\n', '550-', ' '))
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const told = reply(words.join(''), JANE)
        expect(told.length).toBeLessThanOrEqual(200)
        expect(told).not.toMatch(/[\p{Cc}<@]/u)
        expect(told).not.toContain('jane.doe')
      }),
    )
  })

  it('is told whatever characters the name of the address has', () => {
    const names = fc.string({ unit: fc.constantFrom(..."a1.!#$%&'*+-/=?^_`{|}~é"), minLength: 2, maxLength: 20 })
    fc.assert(
      fc.property(names, (name) => {
        expect(reply(`550 no mailbox ${name} here`, `x${name}@example.com`)).toMatch(/^550 no mailbox/)
        expect(reply(`550 no mailbox x${name} here`, `x${name}@example.com`)).toBe('550 no mailbox … here')
      }),
    )
  })

  it('is made in no time from a long answer without an end', () => {
    for (const text of ['a'.repeat(1_000_000), '"'.repeat(1_000_000), '<'.repeat(1_000_000), ' @'.repeat(500_000)]) {
      const begun = process.cpuUsage()
      expect(reply(text, JANE).length).toBeLessThanOrEqual(200)
      // Of this process alone: what others take of the machine does not count.
      expect(process.cpuUsage(begun).user / 1_000).toBeLessThan(200)
    }
  })

  it('has no part of an address that is cut off', () => {
    expect(reply(`550 ${'<x> '.repeat(498)} jane.doe.and.more@example.com`, null)).not.toContain('jane')
  })
})
