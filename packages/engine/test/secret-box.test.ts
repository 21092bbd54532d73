import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SecretBox } from '../src/secret-box.ts'

const box = new SecretBox([randomBytes(32)])

describe('SecretBox', () => {
  it('opens what it sealed, whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (secret) => box.open(box.seal(secret)) === secret))
  })

  it('seals the same secret differently each time', () => {
    expect(box.seal('JBSWY3DPEHPK3PXP')).not.toEqual(box.seal('JBSWY3DPEHPK3PXP'))
  })

  it('notices any changed byte', () => {
    const sealed = box.seal('JBSWY3DPEHPK3PXP')
    for (let at = 0; at < sealed.length; at++) {
      const changed = Uint8Array.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => box.open(changed)).toThrow()
    }
  })

  it('opens with an older key what was sealed before the keys were rotated', () => {
    const [older, newer] = [randomBytes(32), randomBytes(32)]
    const sealed = new SecretBox([older]).seal('secret')
    expect(new SecretBox([newer, older]).open(sealed)).toBe('secret')
    expect(() => new SecretBox([newer]).open(sealed)).toThrow('not among the keys')
  })

  it('wants keys of 32 bytes', () => {
    expect(() => new SecretBox([])).toThrow(RangeError)
    expect(() => new SecretBox([randomBytes(16)])).toThrow('32 bytes')
  })
})
