import { createPrivateKey } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { certificateAuthority, selfSigned, testFolder } from '@muster/testkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { readWalletCredentials, selfMadeGoogleKeyFile } from '../src/index.ts'
import { applePassFiles, appleSettings, PASS_TYPE, TEAM } from './apple/apple-files.ts'

let files: Awaited<ReturnType<typeof applePassFiles>>

beforeAll(async () => {
  files = await applePassFiles()
})

async function file(content: string): Promise<string> {
  const path = join(await testFolder(), 'file')
  await writeFile(path, content)
  return path
}

const settingsOf = (mistakes: readonly { setting: string }[]) => mistakes.map(({ setting }) => setting)

describe("Apple's files", () => {
  it('are read, certificates in PEM and in DER', () => {
    const { apple, google, mistakes } = readWalletCredentials(files.settings)
    expect({ google, mistakes }).toEqual({ google: null, mistakes: [] })
    expect(apple).toMatchObject({ passTypeIdentifier: PASS_TYPE, teamIdentifier: TEAM })
    expect(apple?.expiresAt.getTime()).toBeGreaterThan(Date.now() + 300 * 86_400_000)
    expect(apple?.expiresAt.getTime()).toBeLessThan(Date.now() + 366 * 86_400_000)
  })

  it('are not looked at unless all are given', () => {
    const { APPLE_PASS_KEY_FILE: _, ...some } = files.settings
    for (const settings of [some, { ...some, APPLE_PASS_KEY_FILE: '' }, {}]) {
      expect(readWalletCredentials(settings)).toEqual({ apple: null, google: null, mistakes: [] })
    }
  })

  it('may have an encrypted key, if its passphrase is given', async () => {
    const key = createPrivateKey(files.pass.keyPem)
    const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' } as const
    const encrypted = { ...files.settings, APPLE_PASS_KEY_FILE: await file(String(key.export(options))) }
    const read = (passphrase: string) => readWalletCredentials({ ...encrypted, APPLE_PASS_KEY_PASSPHRASE: passphrase })
    expect(read('open sesame').apple).toEqual(readWalletCredentials(files.settings).apple)
    for (const wrong of ['', 'open wheat']) {
      expect(read(wrong)).toMatchObject({ apple: null, mistakes: [{ setting: 'APPLE_PASS_KEY_FILE' }] })
      expect(JSON.stringify(read(wrong).mistakes)).not.toContain('open wheat')
    }
  })

  it('are all told that are wrong', async () => {
    const settings = {
      ...files.settings,
      APPLE_PASS_CERTIFICATE_FILE: await file('no certificate'),
      APPLE_PASS_KEY_FILE: await file('no key'),
      APPLE_WWDR_CERTIFICATE_FILE: '/nowhere/wwdr.cer',
    }
    const { apple, mistakes } = readWalletCredentials(settings)
    expect(apple).toBeNull()
    expect(settingsOf(mistakes).sort()).toEqual([
      'APPLE_PASS_CERTIFICATE_FILE',
      'APPLE_PASS_KEY_FILE',
      'APPLE_WWDR_CERTIFICATE_FILE',
    ])
    expect(mistakes.find(({ setting }) => setting === 'APPLE_WWDR_CERTIFICATE_FILE')?.problem).toContain('ENOENT')
  })

  it('belong together: identifiers, key and authority are those of the certificate', async () => {
    const stranger = await selfSigned({ subject: '/CN=Somebody else', key: 'rsa:2048' })
    const other = await certificateAuthority({ name: 'WWDR of the tests', key: 'rsa:2048' })
    const others = await appleSettings({ ...files.pass, keyPem: stranger.keyPem }, other)
    const { mistakes } = readWalletCredentials({
      ...others,
      APPLE_PASS_TYPE_ID: 'pass.other',
      APPLE_TEAM_ID: 'OTHER12345',
    })
    expect(settingsOf(mistakes).sort()).toEqual([
      'APPLE_PASS_KEY_FILE',
      'APPLE_PASS_TYPE_ID',
      'APPLE_TEAM_ID',
      'APPLE_WWDR_CERTIFICATE_FILE',
    ])
  })

  it('are of RSA keys, as Apple issues them', async () => {
    const { pem, keyPem } = await selfSigned({ subject: `/UID=${PASS_TYPE}/OU=${TEAM}`, key: 'P-256' })
    const settings = {
      ...files.settings,
      APPLE_PASS_CERTIFICATE_FILE: await file(pem),
      APPLE_PASS_KEY_FILE: await file(keyPem),
    }
    const { mistakes } = readWalletCredentials(settings)
    expect(settingsOf(mistakes)).toEqual(['APPLE_PASS_CERTIFICATE_FILE', 'APPLE_PASS_KEY_FILE'])
  })
})

describe("Google's key file", () => {
  const read = async (text: string) =>
    readWalletCredentials({ GOOGLE_WALLET_ISSUER_ID: '338800', GOOGLE_WALLET_KEY_FILE: await file(text) })

  it('is read as Google hands it out', async () => {
    const account = { ...JSON.parse(await selfMadeGoogleKeyFile()), type: 'service_account', project_id: 'x' }
    const { google, mistakes } = await read(JSON.stringify(account))
    expect(mistakes).toEqual([])
    expect(google).toMatchObject({ issuerId: '338800', clientEmail: account.client_email, isSelfMade: false })
  })

  it('can be self-made, and is known as such', async () => {
    const { google, mistakes } = await read(await selfMadeGoogleKeyFile())
    expect(mistakes).toEqual([])
    expect(google).toMatchObject({ isSelfMade: true })
  })

  it('is refused without anything of it being told', async () => {
    const account = JSON.parse(await selfMadeGoogleKeyFile())
    const wrong = [
      'no JSON',
      '[]',
      'null',
      JSON.stringify({ ...account, type: 'authorized_user' }),
      JSON.stringify({ ...account, client_email: undefined }),
      JSON.stringify({ ...account, private_key: 'MIIsecret' }),
      JSON.stringify({ ...account, token_uri: 'http://oauth2.example/token' }),
      JSON.stringify({ ...account, token_uri: 'somewhere' }),
    ]
    for (const text of wrong) {
      const { google, mistakes } = await read(text)
      expect(google, text).toBeNull()
      expect(settingsOf(mistakes)).toEqual(['GOOGLE_WALLET_KEY_FILE'])
      expect(JSON.stringify(mistakes)).not.toContain('MIIsecret')
    }
  })
})
