import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { claimTokenHash, claimUrl, newClaimToken } from '../../src/index.ts'

it('a claim has a token of 256 random bits, and is known by its SHA-256', () => {
  const one = newClaimToken()
  expect(one.token).toMatch(/^[\w-]{43}$/)
  expect(Buffer.from(one.hash).toString('hex')).toBe(createHash('sha256').update(one.token).digest('hex'))
  expect(claimTokenHash(one.token)).toEqual(one.hash)
  expect(newClaimToken().token).not.toBe(one.token)
})

it('its link is under the public address, whatever that ends with', () => {
  const link = 'https://muster.example/base/wallet/apple/ey%2BJ/t-_t'
  expect(claimUrl('https://muster.example/base', 'apple', 'ey+J', 't-_t')).toBe(link)
  expect(claimUrl('https://muster.example/base//', 'apple', 'ey+J', 't-_t')).toBe(link)
})
