import { describe, expect, it } from 'vitest'
import { demoSettings, givenFor, readSettings } from '../src/config.ts'

describe('the settings', () => {
  it('have a default for everything', () => {
    const settings = readSettings({})
    expect(settings).toMatchObject({ port: 8080, dashboardPort: 8081, workers: 1, databaseUrl: null, redisUrl: null })
    expect(settings.dataFolder).toBe(`${process.cwd()}/.muster`)
    expect(settings.fileStoreUrl).toBe(`file://${process.cwd()}/.muster/files`)
    expect(settings.given).toEqual({})
  })

  it('are refused with every mistake at once, and no secret shown', () => {
    const wrong = {
      PORT: '65536',
      WORKERS: '0',
      DATABASE_URL: 'mysql://root:hunter2@localhost',
      BOOTSTRAP_CLIENT_SECRET: 'tooshort',
      SECRETS_KEY: 'c2hvcnQ=',
      MAX_UPLOAD_BYTES: '-1',
      OIDC_ISSUER: 'https://issuer.example',
      CHUNK_SIZE: 'abc',
      LOG_LEVEL: 'loud',
    }
    const message = messageOf(() => readSettings(wrong))
    for (const name of [...Object.keys(wrong).filter((name) => name !== 'OIDC_ISSUER'), 'OIDC_AUDIENCE']) {
      expect(message).toContain(`  ${name}: `)
    }
    expect(message).toContain('CHUNK_SIZE: expected a whole number from 1 to 10000, got "abc"')
    expect(message).not.toMatch(/hunter2|tooshort|c2hvcnQ/)
  })

  it('want an audience and an issuer together', () => {
    expect(messageOf(() => readSettings({ OIDC_AUDIENCE: 'muster' }))).toContain('OIDC_ISSUER: ')
    expect(readSettings({ OIDC_AUDIENCE: 'muster', OIDC_ISSUER: 'https://issuer.example' }).given).toMatchObject({
      OIDC_AUDIENCE: 'muster',
    })
  })

  it('want all settings of a wallet, or none', () => {
    const message = messageOf(() => readSettings({ APPLE_TEAM_ID: 'TEAM123456', GOOGLE_WALLET_KEY_FILE: 'key.json' }))
    expect(message).toContain('APPLE_PASS_KEY_FILE: expected a value, as APPLE_TEAM_ID has one')
    expect(message).toContain('GOOGLE_WALLET_ISSUER_ID: expected a value, as GOOGLE_WALLET_KEY_FILE has one')
    expect(readSettings({})).toMatchObject({ publicUrl: null, given: {} })
  })

  it('go to the processes that read them, and to no others', () => {
    const given = {
      SMTP_URL: 'smtp://u:p@127.0.0.1',
      MAIL_FROM: '"Acme" <badges@acme.example>',
      APPLE_PASS_KEY_PASSPHRASE: 'open sesame',
      TENANT_REQUESTS_PER_MINUTE: '10',
      LOG_LEVEL: 'warn',
    }
    const settings = readSettings(given)
    const { SMTP_URL, MAIL_FROM, APPLE_PASS_KEY_PASSPHRASE, TENANT_REQUESTS_PER_MINUTE, LOG_LEVEL } = given
    expect(givenFor('worker', settings)).toEqual({ SMTP_URL, MAIL_FROM, APPLE_PASS_KEY_PASSPHRASE, LOG_LEVEL })
    expect(givenFor('api', settings)).toEqual({ APPLE_PASS_KEY_PASSPHRASE, TENANT_REQUESTS_PER_MINUTE, LOG_LEVEL })
    expect(givenFor('dashboard', settings)).toEqual({ LOG_LEVEL })
    expect(messageOf(() => readSettings({ MAIL_FROM }))).toContain('SMTP_URL: expected a value')
  })

  it('that name files do so for processes that run elsewhere', () => {
    const { given } = readSettings({ GOOGLE_WALLET_ISSUER_ID: '3388', GOOGLE_WALLET_KEY_FILE: 'key.json' })
    expect(given['GOOGLE_WALLET_KEY_FILE']).toBe(`${process.cwd()}/key.json`)
  })

  it('are not handed to processes that have no business with them', () => {
    const { inherited } = readSettings({
      PATH: '/bin',
      BOOTSTRAP_CLIENT_SECRET: 'a secret of length',
      APPLE_PASS_KEY_PASSPHRASE: 'open sesame',
      DATABASE_URL_FILE: '',
      OTHER: 'x',
    })
    expect(inherited).toEqual({ PATH: '/bin', OTHER: 'x' })
  })

  it("of the demo are never the user's own", () => {
    const settings = demoSettings('/tmp/somewhere', { DATABASE_URL: 'postgres://real', PORT: '80', PATH: '/bin' })
    expect(settings).toMatchObject({ databaseUrl: null, port: 0, dashboardPort: 0, dataFolder: '/tmp/somewhere' })
    expect(settings.inherited).toEqual({ PATH: '/bin' })
  })
})

function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('nothing was refused')
}
