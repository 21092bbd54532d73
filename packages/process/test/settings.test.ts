import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  allOrNone,
  databaseUrl,
  fileStoreUrl,
  integer,
  parseSettings,
  port,
  redisUrl,
  SettingsError,
  secretsKeys,
} from '../src/settings.ts'

const schema = z.object({
  PORT: port().default(8080),
  CHUNK_SIZE: integer(1, 10_000).default(5_000),
  DATABASE_URL: databaseUrl(),
  REDIS_URL: redisUrl(),
  FILE_STORE_URL: fileStoreUrl(),
  SECRETS_KEY: secretsKeys(),
})

const right = {
  DATABASE_URL: 'postgresql://muster:pw@127.0.0.1:5432/muster',
  REDIS_URL: 'redis://127.0.0.1',
  FILE_STORE_URL: 'file:///var/lib/muster',
  SECRETS_KEY: randomBytes(32).toString('base64'),
}

function problems(env: Record<string, string>): string[] {
  try {
    parseSettings(schema, env)
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
    expect(parseSettings(schema, { ...right, PORT: '0', CHUNK_SIZE: '', HOME: '/root' })).toMatchObject({
      PORT: 0,
      CHUNK_SIZE: 5_000,
    })
  })

  it('tells everything that is wrong at once, with what it got', () => {
    expect(problems({ ...right, PORT: '65536', CHUNK_SIZE: 'abc' })).toEqual([
      'PORT: expected a whole number from 0 to 65535, got "65536"',
      'CHUNK_SIZE: expected a whole number from 1 to 10000, got "abc"',
    ])
  })

  it('says what is missing', () => {
    expect(problems({})).toEqual([
      'DATABASE_URL: expected a URL that starts with postgresql: or postgres:, got nothing',
      'REDIS_URL: expected a URL that starts with redis: or rediss:, got nothing',
      'FILE_STORE_URL: expected a URL that starts with file:, got nothing',
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
    const { SECRETS_KEY } = parseSettings(schema, {
      ...right,
      SECRETS_KEY: keys.map((key) => key.toString('base64')).join(', '),
    })
    expect(SECRETS_KEY).toEqual(keys)
  })
})

describe('settings that mean something only together', () => {
  const grouped = allOrNone(
    z.object({ PORT: port().optional(), A: z.string().optional(), B: z.string().optional(), C: z.string().optional() }),
    [['A', 'B', 'C']],
  )
  const read = (env: Record<string, string>) => parseSettings(grouped, env)

  it('are all there or none', () => {
    expect(read({})).toEqual({})
    expect(read({ A: '1', B: '2', C: '3' })).toEqual({ A: '1', B: '2', C: '3' })
    expect(() => read({ B: '2', A: '' })).toThrow(
      /A: expected a value, as B has one, got nothing\n\s+C: expected a value, as B has one, got nothing$/,
    )
  })

  it('are told beside all else that is wrong, in files as well', () => {
    const inFiles = [{ setting: 'CERTIFICATE_FILE', problem: 'expected a certificate' }]
    expect(() => parseSettings(grouped, { PORT: 'x', A: '1' }, inFiles)).toThrow(
      /PORT: [\s\S]*B: [\s\S]*C: [\s\S]*CERTIFICATE_FILE: expected a certificate$/,
    )
    expect(() => parseSettings(grouped, {}, inFiles)).toThrow(SettingsError)
  })
})
