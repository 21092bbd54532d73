import { describe, expect, it } from 'vitest'
import { readConfig } from '../src/config.ts'

const required = { DATABASE_URL: 'postgresql://localhost/muster', REDIS_URL: 'redis://localhost' }
const operator = { OPERATOR_NAME: 'operator', OPERATOR_PASSWORD: 'correct horse battery' }
const issuer = {
  DASHBOARD_OIDC_ISSUER: 'https://id.example',
  DASHBOARD_OIDC_CLIENT_ID: 'muster',
  DASHBOARD_OIDC_CLIENT_SECRET: 'hunter2hunter2',
  DASHBOARD_URL: 'https://muster.example',
}

describe('the settings', () => {
  it('have defaults but for PostgreSQL and Redis', () => {
    expect(readConfig(required)).toMatchObject({ port: 8_081, host: '127.0.0.1', operator: null, oidc: null })
  })

  it('name an operator, an issuer or both', () => {
    expect(readConfig({ ...required, ...operator, ...issuer })).toMatchObject({
      operator: { name: 'operator', password: 'correct horse battery' },
      oidc: {
        issuer: 'https://id.example',
        clientId: 'muster',
        url: 'https://muster.example',
        rolesClaim: 'roles',
        operatorRole: 'muster-operator',
        viewerRole: 'muster-viewer',
      },
    })
  })

  it('want an issuer that is elsewhere to have TLS', () => {
    const at = (url: string) => readConfig({ ...required, ...issuer, DASHBOARD_OIDC_ISSUER: url })
    expect(() => at('http://issuer.example')).toThrow('DASHBOARD_OIDC_ISSUER: expected https:')
    for (const url of ['https://issuer.example', 'http://localhost:1', 'http://127.0.0.1', 'http://[::1]:1']) {
      expect(at(url).oidc?.issuer).toBe(url)
    }
  })

  it('are refused with all that is wrong at once, and without secrets', () => {
    const { DASHBOARD_URL: _, ...incomplete } = issuer
    const wrong = { ...required, ...incomplete, OPERATOR_PASSWORD: 'hunter2', DASHBOARD_PORT: 'abc', REDIS_URL: '' }
    expect(() => readConfig(wrong)).toThrow(
      /DASHBOARD_PORT[\s\S]*REDIS_URL[\s\S]*OPERATOR_PASSWORD[\s\S]*OPERATOR_NAME[\s\S]*DASHBOARD_URL/,
    )
    expect(() => readConfig(wrong)).not.toThrow(/hunter2/)
  })
})
