import { ARCHIVE_LIMITS } from '@muster/archive'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../src/config.ts'

const REQUIRED = {
  DATABASE_URL: 'postgresql://u:p@localhost/x',
  REDIS_URL: 'redis://localhost',
  FILE_STORE_URL: 'file:///tmp/x',
  SECRETS_KEY: Buffer.alloc(32).toString('base64'),
}

describe('the settings', () => {
  it('have defaults', () => {
    expect(readConfig(REQUIRED)).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      maxUploadBytes: 5 * 1024 ** 3,
      archiveLimits: ARCHIVE_LIMITS,
      bootstrapClient: null,
      outsideIssuer: null,
      tokenIssuer: 'urn:muster',
      publicUrl: null,
      apple: null,
      google: null,
    })
  })

  it('are told to be wrong all at once, without secrets', () => {
    const env = {
      ...REQUIRED,
      PORT: 'x',
      DATABASE_URL: 'mysql://user:password@host/x',
      SECRETS_KEY: 'c2hvcnQ=',
      BOOTSTRAP_CLIENT_ID: 'id',
      OIDC_AUDIENCE: 'me',
      MAX_UPLOAD_BYTES: '0',
      ARCHIVE_MAX_ENTRIES: '0',
      ARCHIVE_MAX_ENTRY_BYTES: '1023',
      ARCHIVE_MAX_RATIO: '10001',
    }
    expect(() => readConfig(env)).toThrow(
      expect.objectContaining({
        name: 'SettingsError',
        message: expect.stringMatching(
          /PORT:[\s\S]*DATABASE_URL:[\s\S]*SECRETS_KEY:[\s\S]*MAX_UPLOAD_BYTES:[\s\S]*MAX_ENTRIES:[\s\S]*MAX_ENTRY_BYTES:[\s\S]*MAX_RATIO:[\s\S]*BOOTSTRAP_CLIENT_SECRET:[\s\S]*OIDC_ISSUER:/,
        ),
      }),
    )
    expect(() => readConfig(env)).not.toThrow(/password|c2hvcnQ/)
  })

  it('name files of the wallets, whose mistakes are told with the others', () => {
    const env = {
      ...REQUIRED,
      PORT: 'x',
      APPLE_TEAM_ID: 'TEAM123456',
      GOOGLE_WALLET_ISSUER_ID: '338800',
      GOOGLE_WALLET_KEY_FILE: '/nowhere/key.json',
    }
    expect(() => readConfig(env)).toThrow(/PORT:[\s\S]*APPLE_PASS_TYPE_ID:[\s\S]*GOOGLE_WALLET_KEY_FILE:.*ENOENT/)
  })
})
