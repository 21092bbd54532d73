import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CertificateOptions, certificateAuthority, type MadeCertificate, testFolder } from '@muster/testkit'

export const PASS_TYPE = 'pass.test.muster.badge'
export const TEAM = 'TEAM123456'

/** The pass type's certificate as Apple's authority would issue it. */
export async function applePassFiles(options: Partial<CertificateOptions> = {}) {
  const authority = await certificateAuthority({ name: 'WWDR of the tests', key: 'rsa:2048' })
  const pass = await authority.issue({
    subject: `/UID=${PASS_TYPE}/CN=Pass Type ID: ${PASS_TYPE}/OU=${TEAM}/O=Acme/C=US`,
    key: 'rsa:2048',
    ...options,
  })
  return { authority, pass, settings: await appleSettings(pass, authority) }
}

/** Writes them to files, and tells the settings that name these. */
export async function appleSettings(pass: MadeCertificate, authority: MadeCertificate) {
  const folder = await testFolder()
  const files = { 'pass.pem': pass.pem, 'pass-key.pem': pass.keyPem, 'wwdr.cer': authority.der }
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)))
  return {
    APPLE_PASS_TYPE_ID: PASS_TYPE,
    APPLE_TEAM_ID: TEAM,
    APPLE_PASS_CERTIFICATE_FILE: join(folder, 'pass.pem'),
    APPLE_PASS_KEY_FILE: join(folder, 'pass-key.pem'),
    APPLE_WWDR_CERTIFICATE_FILE: join(folder, 'wwdr.cer'),
  }
}
