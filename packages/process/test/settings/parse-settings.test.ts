import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readEnvironment } from '../../src/settings/environment.ts'
import { incomplete, SettingsError } from '../../src/settings/mistakes.ts'
import { parseSettings } from '../../src/settings/parse-settings.ts'

const right = {
  DATABASE_URL: 'postgresql://muster:pw@127.0.0.1:5432/muster',
  REDIS_URL: 'redis://127.0.0.1',
  FILE_STORE_URL: 'file:///var/lib/muster',
  SECRETS_KEY: randomBytes(32).toString('base64'),
}

const read = (env: Record<string, string>) => parseSettings('worker', readEnvironment(env))

function problems(env: Record<string, string>): string[] {
  try {
    read(env)
    return []
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
  }
}

describe('parseSettings', () => {
  it('reads what is right, an empty variable counting as not set', () => {
    const settings = read({ ...right, METRICS_PORT: '0', CHUNK_SIZE: '', HOME: '/root' })
    expect(settings).toMatchObject({ METRICS_PORT: 0, CHUNK_SIZE: 5_000 })
    expect(settings).not.toHaveProperty('HOME')
    expect(settings).not.toHaveProperty('OPERATOR_NAME')
  })

  it('tells everything that is wrong at once, with what it got', () => {
    expect(problems({ ...right, METRICS_PORT: '65536', CHUNK_SIZE: 'abc', LOG_LEVEL: 'loud' })).toEqual([
      'METRICS_PORT: expected a whole number from 0 to 65535, got "65536"',
      'LOG_LEVEL: expected debug, info, warn or error, got "loud"',
      'CHUNK_SIZE: expected a whole number from 1 to 10000, got "abc"',
    ])
  })

  it('says what is missing', () => {
    expect(problems({})).toEqual([
      'DATABASE_URL: expected a URL that starts with postgresql: or postgres:, got nothing',
      'REDIS_URL: expected a URL that starts with redis: or rediss:, got nothing',
      'FILE_STORE_URL: expected file:///path/of/a/folder or s3://bucket, or s3://bucket/prefix, got nothing',
      'SECRETS_KEY: expected 32 bytes in base64 (openssl rand -base64 32 makes some), got nothing',
    ])
  })

  it('never shows a secret, not even a wrong one', () => {
    const told = problems({ ...right, SECRETS_KEY: 'hunter2', DATABASE_URL: 'mysql://root:hunter2@db' }).join('\n')
    expect(told).toContain('SECRETS_KEY')
    expect(told).toContain('DATABASE_URL')
    expect(told).not.toContain('hunter2')
  })

  it('takes several keys while they are rotated', () => {
    const keys = [randomBytes(32), randomBytes(32)]
    const { SECRETS_KEY } = read({ ...right, SECRETS_KEY: keys.map((key) => key.toString('base64')).join(', ') })
    expect(SECRETS_KEY).toEqual(keys)
  })

  it('needs nothing for the stack that makes what is missing', () => {
    const settings = parseSettings('standalone', readEnvironment({}))
    expect(settings.PORT).toBe(8080)
    expect(settings.DATABASE_URL).toBeUndefined()
  })

  it("tells files' mistakes and others beside its own", () => {
    const environment = readEnvironment({ ...right, CHUNK_SIZE: '0', SMTP_URL_FILE: '/nowhere' })
    const others = [{ setting: 'APPLE_PASS_KEY_FILE', problem: 'expected a key' }]
    expect(() => parseSettings('worker', environment, others)).toThrow(
      /CHUNK_SIZE: [\s\S]*SMTP_URL_FILE: [\s\S]*APPLE_PASS_KEY_FILE: expected a key$/,
    )
    expect(() => parseSettings('worker', readEnvironment(right), others)).toThrow(SettingsError)
  })
})

describe('settings that mean something only together', () => {
  it('are all there or none', () => {
    const groups = [['A', 'B', 'C']]
    expect(incomplete({}, groups)).toEqual([])
    expect(incomplete({ A: '1', B: '2', C: '3' }, groups)).toEqual([])
    expect(incomplete({ B: '2' }, groups)).toEqual([
      { setting: 'A', problem: 'expected a value, as B has one' },
      { setting: 'C', problem: 'expected a value, as B has one' },
    ])
  })
})
