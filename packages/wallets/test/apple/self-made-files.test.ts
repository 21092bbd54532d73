import { X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testFolder } from '@muster/testkit'
import { expect, it } from 'vitest'
import { appleWallet, readWalletCredentials, selfMadeAppleFiles } from '../../src/index.ts'
import { somePass } from '../some-pass.ts'
import { PASS_TYPE, TEAM } from './apple-files.ts'
import { openPass } from './opened-pass.ts'

it('self-made files are what the settings ask for, and sign passes that openssl verifies', async () => {
  const made = await selfMadeAppleFiles(PASS_TYPE, TEAM)
  const folder = await testFolder()
  for (const [name, content] of Object.entries(made)) await writeFile(join(folder, name), content)
  const { apple, mistakes } = readWalletCredentials({
    APPLE_PASS_TYPE_ID: PASS_TYPE,
    APPLE_TEAM_ID: TEAM,
    APPLE_PASS_CERTIFICATE_FILE: join(folder, 'certificate'),
    APPLE_PASS_KEY_FILE: join(folder, 'key'),
    APPLE_WWDR_CERTIFICATE_FILE: join(folder, 'wwdrCertificate'),
  })
  expect(mistakes).toEqual([])
  if (apple === null) throw new Error('nothing was read')
  const certificate = new X509Certificate(made.certificate)
  expect(certificate.subject.split('\n')).toContain(`UID=${PASS_TYPE}`)
  expect(certificate.ca).toBe(false)
  expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now() + 9 * 365 * 86_400_000)
  const wallet = appleWallet({ credentials: apple, secrets: [Buffer.alloc(32)], webServiceUrl: null })
  await (await openPass(await wallet.pkpass(somePass()))).verify(made.wwdrCertificate)
})
