import { describe, expect, it } from 'vitest'
import { readConfig } from '../src/config.ts'

const env = { REDIS_URL: 'redis://localhost', OPERATOR_NAME: 'operator', OPERATOR_PASSWORD: 'correct horse battery' }

describe('the settings', () => {
  it('have defaults but for Redis and the operator', () => {
    expect(readConfig(env)).toMatchObject({
      DASHBOARD_PORT: 8_081,
      HOST: '127.0.0.1',
      API_URL: 'http://127.0.0.1:8080',
    })
  })

  it('are refused with all that is wrong at once, and without the password', () => {
    const wrong = { ...env, OPERATOR_PASSWORD: 'hunter2', DASHBOARD_PORT: 'abc', API_URL: 'ftp://x', OPERATOR_NAME: '' }
    expect(() => readConfig(wrong)).toThrow(/DASHBOARD_PORT[\s\S]*OPERATOR_NAME[\s\S]*OPERATOR_PASSWORD[\s\S]*API_URL/)
    expect(() => readConfig(wrong)).not.toThrow(/hunter2/)
  })
})
