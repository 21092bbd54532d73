import { describe, expect, it } from 'vitest'
import { walletSetting } from '../src/wallet-setting.ts'

describe('settings of the wallets', () => {
  it.each([
    ['a pass type', walletSetting.passTypeId(), ['pass.com.example.badge'], ['com.example', 'pass.', 'pass.a b']],
    ['a team', walletSetting.teamId(), ['A1B2C3D4E5'], ['A1B2C3D4E', 'a1b2c3d4e5']],
    ["an issuer's number", walletSetting.issuerId(), ['3388000000022000001'], ['', '338x']],
  ])('take %s', (_, setting, right, wrong) => {
    for (const value of right) expect(setting.safeParse(value).success, value).toBe(true)
    for (const value of wrong) expect(setting.safeParse(value).success, value).toBe(false)
  })
})
