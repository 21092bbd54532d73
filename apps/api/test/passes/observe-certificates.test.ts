import { createApiMetrics } from '@muster/telemetry'
import { selfMadeAppleFiles } from '@muster/wallets'
import { describe, expect, it } from 'vitest'
import { observeCertificates } from '../../src/passes/observe-certificates.ts'

const LOG = { info: () => {}, warn: () => {} }

async function told(apple: Parameters<typeof observeCertificates>[0]): Promise<readonly string[]> {
  const metrics = createApiMetrics(LOG)
  observeCertificates(apple, metrics)
  const { body } = await metrics.text()
  return body.split('\n').filter((line) => line.startsWith('muster_certificate_not_after_timestamp_seconds{'))
}

describe('the certificates that passes are signed with', () => {
  it('have their ends in the metrics', async () => {
    const files = await selfMadeAppleFiles('pass.com.example', 'TEAM123456')
    const credentials = {
      ...files,
      passTypeIdentifier: 'pass.com.example',
      teamIdentifier: 'TEAM123456',
      expiresAt: new Date(),
    }
    const lines = await told(credentials)
    expect(lines.map((line) => /certificate="(\w+)"/.exec(line)?.[1])).toEqual(['apple_pass', 'apple_wwdr'])
    for (const line of lines) {
      const years = (Number(line.split(' ').at(-1)) * 1_000 - Date.now()) / (365.25 * 86_400_000)
      expect(years).toBeGreaterThan(9.9)
      expect(years).toBeLessThan(10.1)
    }
  })

  it('have none where none is set up', async () => {
    expect(await told(null)).toEqual([])
  })
})
