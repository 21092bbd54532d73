import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testFolder } from '@muster/testkit'
import { readWalletCredentials } from '@muster/wallets'
import { describe, expect, it } from 'vitest'
import { readSettings } from '../src/config.ts'
import { keepWalletFiles } from '../src/wallet-files.ts'

const settingsWith = async (env: NodeJS.ProcessEnv) => readSettings({ DATA_DIR: await testFolder(), ...env })

describe("the wallets' files", () => {
  it('are made once, for their owner alone, and are what passes can be signed with', async () => {
    const settings = await settingsWith({})
    const made = await keepWalletFiles(settings)
    expect(made.selfMade).toEqual(['Apple', 'Google'])
    const { apple, google, mistakes } = readWalletCredentials(made.settings)
    expect(mistakes).toEqual([])
    expect(apple?.passTypeIdentifier).toBe(made.settings['APPLE_PASS_TYPE_ID'])
    expect(google).toMatchObject({ isSelfMade: true })
    for (const setting of ['APPLE_PASS_KEY_FILE', 'GOOGLE_WALLET_KEY_FILE']) {
      expect((await stat(made.settings[setting] ?? '')).mode & 0o777).toBe(0o600)
    }
    expect((await stat(join(settings.dataFolder, 'apple-passes'))).mode & 0o777).toBe(0o700)
    const key = await readFile(made.settings['APPLE_PASS_KEY_FILE'] ?? '', 'utf8')
    expect(await keepWalletFiles(settings)).toEqual(made)
    expect(await readFile(made.settings['APPLE_PASS_KEY_FILE'] ?? '', 'utf8')).toBe(key)
  })

  it('are made whole after a start that died while it made them', async () => {
    const settings = await settingsWith({})
    await mkdir(join(settings.dataFolder, 'apple-passes.new'))
    await writeFile(join(settings.dataFolder, 'apple-passes.new', 'key.pem'), 'half a k')
    const { mistakes } = readWalletCredentials((await keepWalletFiles(settings)).settings)
    expect(mistakes).toEqual([])
  })

  it('are not made for a wallet whose settings are given', async () => {
    const settings = await settingsWith({
      GOOGLE_WALLET_ISSUER_ID: '338800',
      GOOGLE_WALLET_KEY_FILE: 'key.json',
    })
    const { settings: made, selfMade } = await keepWalletFiles(settings)
    expect(selfMade).toEqual(['Apple'])
    expect(Object.keys(made).filter((name) => name.startsWith('GOOGLE_'))).toEqual([])
    await expect(stat(join(settings.dataFolder, 'google-passes'))).rejects.toThrow('ENOENT')
  })
})
