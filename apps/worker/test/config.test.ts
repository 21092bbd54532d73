import { ARCHIVE_LIMITS } from '@muster/archive'
import { SettingsError } from '@muster/process'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../src/config.ts'

const right = {
  DATABASE_URL: 'postgresql://muster@127.0.0.1/muster',
  REDIS_URL: 'redis://127.0.0.1',
  FILE_STORE_URL: 'file:///tmp/files',
  SECRETS_KEY: Buffer.alloc(32).toString('base64'),
}

describe('readConfig', () => {
  it('has defaults for all but where things are', () => {
    expect(readConfig(right)).toMatchObject({
      CHUNK_SIZE: 5_000,
      LANES: 2,
      CONCURRENCY: 2,
      TURN_MS: 1_000,
      METRICS_PORT: 9_100,
      MAILS_PER_SECOND: 50,
      ARCHIVE_MAX_ENTRIES: ARCHIVE_LIMITS.maxEntries,
      ARCHIVE_MAX_ENTRY_BYTES: ARCHIVE_LIMITS.maxEntryBytes,
      ARCHIVE_MAX_UNPACKED_BYTES: ARCHIVE_LIMITS.maxUnpackedBytes,
      ARCHIVE_MAX_RATIO: ARCHIVE_LIMITS.maxRatio,
      ARCHIVE_MAX_DIRECTORY_BYTES: ARCHIVE_LIMITS.maxDirectoryBytes,
    })
  })

  it('knows whom mails are from, where it knows a mail server', () => {
    const mail = { SMTP_URL: 'smtp://127.0.0.1:2525', MAIL_FROM: 'Acme <badges@acme.example>' }
    const publicUrl = 'https://api.acme.example/'
    expect(readConfig({ ...right, ...mail, PUBLIC_URL: publicUrl })).toMatchObject({
      mail: {
        smtpUrl: 'smtp://127.0.0.1:2525',
        from: { name: 'Acme', address: 'badges@acme.example' },
        publicUrl,
        perSecond: 50,
      },
      wallets: [],
      google: null,
    })
    expect(readConfig(right).mail).toBeNull()
    expect(() => readConfig({ ...right, ...mail })).toThrow('PUBLIC_URL: expected the address of the API')
    expect(() => readConfig({ ...right, SMTP_URL: mail.SMTP_URL })).toThrow('MAIL_FROM: expected a value')
    expect(() => readConfig({ ...right, ...mail, MAILS_PER_SECOND: '1001' })).toThrow('MAILS_PER_SECOND')
  })

  it('tells every mistake at once', () => {
    const wrong = { ...right, CHUNK_SIZE: '0', LANES: 'two', REDIS_URL: 'http://x' }
    expect(() => readConfig(wrong)).toThrow(SettingsError)
    for (const name of ['CHUNK_SIZE', 'LANES', 'REDIS_URL']) expect(() => readConfig(wrong)).toThrow(name)
  })
})
