import { createPrivateKey, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  certificateAuthority,
  type KeyKind,
  openssl,
  pivCertificate,
  pkcs12,
  selfSigned,
  YUBIKEY_ATTESTATION,
} from '../src/certificates.ts'

const KEYS: readonly (readonly [KeyKind, object])[] = [
  ['rsa:2048', { modulusLength: 2048 }],
  ['P-256', { namedCurve: 'prime256v1' }],
  ['P-384', { namedCurve: 'secp384r1' }],
  ['ed25519', {}],
]

describe('a certificate authority', () => {
  it('is under another, and issues certificates that are its own', async () => {
    const root = await certificateAuthority({ name: 'Root' })
    const sub = await certificateAuthority({ name: 'Sub', parent: root, key: 'ed25519' })
    const [top, middle, user] = [root, sub, await sub.issue({ subject: '/CN=Jane' })].map(
      ({ der }) => new X509Certificate(der),
    )
    if (!top || !middle || !user) throw new Error('three were made')
    expect([top.ca, middle.ca, user.ca]).toEqual([true, true, false])
    expect(middle.checkIssued(top) && middle.verify(top.publicKey)).toBe(true)
    expect(user.checkIssued(middle) && user.verify(middle.publicKey)).toBe(true)
    expect(user.checkIssued(top)).toBe(false)
  })

  it.each(KEYS)('issues certificates of %s, with their keys', async (key, details) => {
    const { pem, der, keyPem } = await selfSigned({ subject: '/CN=Jane', key })
    const certificate = new X509Certificate(der)
    expect(certificate.toString()).toBe(pem)
    expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject(details)
    expect(certificate.checkPrivateKey(createPrivateKey(keyPem))).toBe(true)
  })

  it('issues for the times and names that it is told', async () => {
    const notBefore = new Date('2020-02-29T01:02:03Z')
    const notAfter = new Date('9999-12-31T23:59:59Z')
    const sans = ['email:jane@acme.com', 'DNS:acme.com']
    const { der } = await selfSigned({ subject: '/O=Acme/CN=Jané', notBefore, notAfter, sans })
    const { subject, validFrom, validTo, subjectAltName } = new X509Certificate(der)
    expect({ subject, subjectAltName }).toEqual({
      subject: 'O=Acme\nCN=Jané',
      subjectAltName: 'email:jane@acme.com, DNS:acme.com',
    })
    expect([validFrom, validTo]).toEqual(['Feb 29 01:02:03 2020 GMT', 'Dec 31 23:59:59 9999 GMT'])
  })
})

describe('the kinds of cards', () => {
  it('are PIV for smart card logon, and attestations of a YubiKey', async () => {
    const piv = new X509Certificate((await selfSigned(pivCertificate('Jane', 'jane@acme.com'))).der)
    expect(piv.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2', '1.3.6.1.4.1.311.20.2.2'])
    expect(piv.subjectAltName).toBe('othername:UPN:jane@acme.com, email:jane@acme.com')
    const attestation = await selfSigned(YUBIKEY_ATTESTATION)
    // 1.3.6.1.4.1.41482.3.7
    expect(attestation.der.includes(Buffer.from('060a2b0601040182c40a0307', 'hex'))).toBe(true)
  })
})

describe('pkcs12', () => {
  it('holds the certificate with its key', async () => {
    const made = await selfSigned({ subject: '/CN=Jane' })
    const store = await pkcs12(made, 'secret')
    const command = ['pkcs12', '-in', 'store', '-passin', 'pass:secret', '-nodes', '-out', 'both']
    const both = (await openssl({ store }, 'both', command)).toString()
    expect(both).toContain(made.pem)
    expect(both).toContain(made.keyPem)
  })
})
