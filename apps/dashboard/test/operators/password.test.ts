import { hash } from '@node-rs/argon2'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operatorName } from '../../src/operators/operator-name.ts'
import { hashPassword, isPassword, isWeakHash, passwordProblem } from '../../src/operators/password.ts'

describe('a password', () => {
  it('is hashed with argon2id, 19 MiB and two passes, and no two hashes are the same', async () => {
    const hashes = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
    expect(hashes[0]).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(hashes[0]).not.toBe(hashes[1])
  })

  it('is right when it is the same, however it is composed', async () => {
    const stored = await hashPassword('caf\u00e9 au lait, please')
    expect(await isPassword('cafe\u0301 au lait, please', stored)).toBe(true)
    expect(await isPassword('cafe au lait, please', stored)).toBe(false)
    expect(await isPassword('', stored)).toBe(false)
  })

  it('is wrong for nobody, after the work that it takes for somebody', async () => {
    expect(await isPassword('correct horse battery', null)).toBe(false)
  })

  it('has 12 characters at least and 1,024 bytes at most', () => {
    expect(passwordProblem('12345678901')).toContain('12 characters')
    expect(passwordProblem('🔑'.repeat(11))).toContain('12 characters')
    expect(passwordProblem('123456789012')).toBeNull()
    expect(passwordProblem('x'.repeat(1_024))).toBeNull()
    expect(passwordProblem('é'.repeat(513))).toContain('1024 bytes')
  })

  it('is to be hashed anew when that was done with less work', async () => {
    expect(isWeakHash(await hash('correct horse', { memoryCost: 8_192 }))).toBe(true)
    expect(isWeakHash(await hash('correct horse', { memoryCost: 19_456, timeCost: 1 }))).toBe(true)
    expect(isWeakHash(await hash('correct horse', { memoryCost: 65_536, timeCost: 3 }))).toBe(false)
    expect(isWeakHash(await hashPassword('correct horse'))).toBe(false)
  })
})

describe('a name', () => {
  it('is taken as it is written but for spaces around it, and refused when PostgreSQL or a terminal would stumble', () => {
    expect(operatorName('  Zoe\u0308 Müller ')).toBe('Zoë Müller')
    for (const none of ['', '  ', 'a\0b', 'a\nb', '\u001b[31m', 'x'.repeat(201)]) expect(operatorName(none)).toBeNull()
  })

  it('stays the same when it is taken twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        const name = operatorName(given)
        if (name !== null) expect(operatorName(name)).toBe(name)
      }),
    )
  })
})
