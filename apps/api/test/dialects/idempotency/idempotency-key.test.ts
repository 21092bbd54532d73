import { describe, expect, it } from 'vitest'
import { readIdempotencyKey } from '../../../src/dialects/idempotency/idempotency-key.ts'

describe('an Idempotency-Key', () => {
  it.each([
    ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    [' "a \\"quoted\\" \\\\ key" ', 'a "quoted" \\ key'],
    ['x'.repeat(255), 'x'.repeat(255)],
  ])('of %s is read', (header, key) => {
    expect(readIdempotencyKey(header)).toBe(key)
  })

  it('need not be there', () => {
    expect(readIdempotencyKey(null)).toBeNull()
  })

  it.each(['', '""', '"unclosed', '"a"; b', '"a\\x"', 'x'.repeat(256), 'ü', 'a\tb'])('of %j is refused', (header) => {
    expect(() => readIdempotencyKey(header)).toThrow(/1 to 255 printable ASCII/)
  })
})
