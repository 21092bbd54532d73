import { generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import forge from 'node-forge'

const YEARS = 10

/** Contents of the files that the settings `APPLE_…_FILE` name, PEM each. */
export interface AppleFiles {
  readonly certificate: string
  readonly key: string
  readonly wwdrCertificate: string
}

/**
 * A pass type's certificate of an authority that is made for it and forgotten. Passes are signed with it like with
 * Apple's own, but phones do not accept them.
 */
export async function selfMadeAppleFiles(passTypeIdentifier: string, teamIdentifier: string): Promise<AppleFiles> {
  const [authority, pass] = await Promise.all([newKeys(), newKeys()])
  const issuer = [{ name: 'commonName', value: 'Self-made authority of Muster' }]
  const subject = [
    { type: '0.9.2342.19200300.100.1.1', value: passTypeIdentifier },
    { name: 'commonName', value: `Pass Type ID: ${passTypeIdentifier}` },
    { name: 'organizationalUnitName', value: teamIdentifier },
    { name: 'organizationName', value: 'Muster' },
  ]
  const wwdr = certificate(issuer, issuer, authority.publicKey, [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ])
  const own = certificate(subject, issuer, pass.publicKey, [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, critical: true },
  ])
  for (const made of [wwdr, own]) made.sign(forge.pki.privateKeyFromPem(authority.privateKey), forge.md.sha256.create())
  return {
    certificate: forge.pki.certificateToPem(own),
    key: pass.privateKey,
    wwdrCertificate: forge.pki.certificateToPem(wwdr),
  }
}

function newKeys(): Promise<{ publicKey: string; privateKey: string }> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

function certificate(
  subject: forge.pki.CertificateField[],
  issuer: forge.pki.CertificateField[],
  publicKey: string,
  extensions: readonly object[],
): forge.pki.Certificate {
  const made = forge.pki.createCertificate()
  // A first bit of 0, as the number is a positive one.
  made.serialNumber = `0${randomBytes(16).toString('hex').slice(1)}`
  made.validity.notBefore = new Date()
  made.validity.notAfter = new Date()
  made.validity.notAfter.setUTCFullYear(made.validity.notAfter.getUTCFullYear() + YEARS)
  made.publicKey = forge.pki.publicKeyFromPem(publicKey)
  made.setSubject(subject)
  made.setIssuer(issuer)
  made.setExtensions([...extensions])
  return made
}
