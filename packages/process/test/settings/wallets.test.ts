import { describe, expect, it } from 'vitest'
import { WALLETS } from '../../src/settings/wallets.ts'

describe('settings of the wallets', () => {
  it.each([
    ['APPLE_PASS_TYPE_ID', ['pass.com.example.badge'], ['com.example', 'pass.', 'pass.a b']],
    ['APPLE_TEAM_ID', ['A1B2C3D4E5'], ['A1B2C3D4E', 'a1b2c3d4e5']],
    ['GOOGLE_WALLET_ISSUER_ID', ['3388000000022000001'], ['', '338x']],
  ] as const)('%s', (name, right, wrong) => {
    const { schema } = WALLETS[name]
    for (const value of right) expect(schema.safeParse(value).success, value).toBe(true)
    for (const value of wrong) expect(schema.safeParse(value).success, value).toBe(false)
  })
})
