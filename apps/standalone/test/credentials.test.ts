import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testFolder } from '@muster/testkit'
import { describe, expect, it } from 'vitest'
import { readSettings, type Settings } from '../src/config.ts'
import { credentialsFile, keepCredentials, keepSecretsKey } from '../src/credentials.ts'

describe('the credentials', () => {
  it('are made once, for their owner alone, and then stay', async () => {
    const settings = await settingsWith({})
    const first = await keepCredentials(settings)
    const file = credentialsFile(settings.dataFolder)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(first)
    expect(await keepCredentials(settings)).toEqual(first)
    expect(first.clientSecret.length).toBeGreaterThanOrEqual(32)
    expect(first.operator.password.length).toBeGreaterThanOrEqual(12)
  })

  it('differ from folder to folder', async () => {
    const [one, other] = [await keepCredentials(await settingsWith({})), await keepCredentials(await settingsWith({}))]
    expect(one.clientSecret).not.toBe(other.clientSecret)
    expect(one.operator.password).not.toBe(other.operator.password)
  })

  it('follow the settings, and keep what the settings do not name', async () => {
    const settings = await settingsWith({})
    const made = await keepCredentials(settings)
    const named = await keepCredentials({ ...settings, clientId: 'crm', clientSecret: 'a secret of the user' })
    expect(named).toEqual({ ...made, clientId: 'crm', clientSecret: 'a secret of the user' })
    expect(await keepCredentials(settings)).toEqual(named)
  })

  it('are not replaced when the file is damaged', async () => {
    const settings = await settingsWith({})
    await writeFile(credentialsFile(settings.dataFolder), '{"clientId":')
    await expect(keepCredentials(settings)).rejects.toThrow('credentials.json is damaged')
  })
})

describe('the secrets key', () => {
  it('is made once, for its owner alone, and then stays', async () => {
    const settings = await settingsWith({})
    const key = await keepSecretsKey(settings)
    expect(Buffer.from(key, 'base64')).toHaveLength(32)
    expect(await keepSecretsKey(settings)).toBe(key)
    expect((await stat(join(settings.dataFolder, 'secrets-key'))).mode & 0o777).toBe(0o600)
  })

  it('is the one of the settings where they have one', async () => {
    const key = Buffer.alloc(32, 7).toString('base64')
    expect(await keepSecretsKey(await settingsWith({ SECRETS_KEY: key }))).toBe(key)
  })

  it('is never replaced, since what it sealed could not be read any more', async () => {
    const settings = await settingsWith({})
    await writeFile(join(settings.dataFolder, 'secrets-key'), 'short')
    await expect(keepSecretsKey(settings)).rejects.toThrow('secrets-key is damaged')
  })
})

async function settingsWith(env: NodeJS.ProcessEnv): Promise<Settings> {
  return readSettings({ ...env, DATA_DIR: await testFolder() })
}
