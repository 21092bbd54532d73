import { describe, expect, it } from 'vitest'
import { demoSettings, readSettings } from '../src/config.ts'

describe('the settings', () => {
  it('have a default for everything', () => {
    const settings = readSettings({})
    expect(settings).toMatchObject({ port: 8080, dashboardPort: 8081, workers: 1, databaseUrl: null, redisUrl: null })
    expect(settings.dataFolder).toBe(`${process.cwd()}/.muster`)
    expect(settings.fileStoreUrl).toBe(`file://${process.cwd()}/.muster/files`)
    expect(settings.shared).toEqual({
      MAX_UPLOAD_BYTES: '5368709120',
      LOG_LEVEL: 'info',
      CHUNK_SIZE: '5000',
      LANES: '2',
      CONCURRENCY: '2',
      TURN_MS: '1000',
      DUPLICATE_WINDOW_HOURS: '0',
      TENANT_OPERATIONS_IN_FLIGHT: '4',
      TENANT_QUEUED_OPERATIONS: '1000',
      TENANT_REQUESTS_PER_MINUTE: '1200',
      AWAITING_DATA_HOURS: '24',
      ARCHIVE_MAX_ENTRIES: '1000000',
      ARCHIVE_MAX_ENTRY_BYTES: '1048576',
      ARCHIVE_MAX_UNPACKED_BYTES: '4294967296',
      ARCHIVE_MAX_RATIO: '200',
      ARCHIVE_MAX_DIRECTORY_BYTES: '268435456',
      RETENTION_FILES_DAYS: '30',
      RETENTION_RECORDS_DAYS: '90',
    })
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
    expect(readSettings({ OIDC_AUDIENCE: 'muster', OIDC_ISSUER: 'https://issuer.example' }).shared).toMatchObject({
      OIDC_AUDIENCE: 'muster',
    })
  })

  it('want all settings of a wallet, or none', () => {
    const message = messageOf(() => readSettings({ APPLE_TEAM_ID: 'TEAM123456', GOOGLE_WALLET_KEY_FILE: 'key.json' }))
    expect(message).toContain('APPLE_PASS_KEY_FILE: expected a value, as APPLE_TEAM_ID has one')
    expect(message).toContain('GOOGLE_WALLET_ISSUER_ID: expected a value, as GOOGLE_WALLET_KEY_FILE has one')
    expect(readSettings({})).toMatchObject({ publicUrl: null, wallets: {} })
  })

  it('of mails are for the workers alone', () => {
    const mail = { SMTP_URL: 'smtp://u:p@127.0.0.1', MAIL_FROM: '"Acme" <badges@acme.example>' }
    expect(readSettings(mail).mail).toEqual({
      SMTP_URL: 'smtp://u:p@127.0.0.1',
      MAIL_FROM: 'Acme <badges@acme.example>',
      MAILS_PER_SECOND: '50',
    })
    expect(JSON.stringify([readSettings(mail).shared, readSettings(mail).inherited])).not.toContain('smtp')
    expect(messageOf(() => readSettings({ MAIL_FROM: mail.MAIL_FROM }))).toContain('SMTP_URL: expected a value')
  })

  it('are not handed to processes that have no business with them', () => {
    const { inherited } = readSettings({
      PATH: '/bin',
      BOOTSTRAP_CLIENT_SECRET: 'a secret of length',
      APPLE_PASS_KEY_PASSPHRASE: 'open sesame',
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
