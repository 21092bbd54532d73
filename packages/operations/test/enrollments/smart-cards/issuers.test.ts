import type { FactorConfig } from '@muster/contracts'
import { type CertificateAuthority, certificateAuthority, type MadeCertificate, selfSigned } from '@muster/testkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { readCertificate } from '../../../src/enrollments/smart-cards/certificate.ts'
import { trustedCertificateMistakes, trustedIssuers } from '../../../src/enrollments/smart-cards/issuers.ts'

const at = new Date('2026-11-22T12:00:00Z')
const VALID = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2028-01-01T00:00:00Z') }
const EXPIRED = { ...VALID, notAfter: new Date('2026-02-01T00:00:00Z') }

function config(settings: FactorConfig['settings']): FactorConfig {
  return { id: '7', name: 'Cards', factorType: 'SmartCardAuthenticator', settings }
}

function outcome(file: string, ...trusted: readonly MadeCertificate[]): string {
  const issuers = trustedIssuers(config({ trusted_ca_certificates: trusted.map(({ pem }) => pem) }))
  const result = readCertificate(Buffer.from(file), { at, trusted: [issuers] })
  return 'fingerprint' in result ? result.subject : result.map(({ code }) => code).join()
}

/** Authorities, each issued by the one before. */
async function chain(length: number, options = {}): Promise<readonly CertificateAuthority[]> {
  const authorities: CertificateAuthority[] = []
  for (let n = 0; n < length; n++) {
    const parent = authorities.at(-1)
    authorities.push(await certificateAuthority({ name: `CA ${n}`, ...(parent && { parent }), ...VALID, ...options }))
  }
  return authorities
}

const USER = { subject: '/CN=Jane', ...VALID }

describe('the issuer check', () => {
  let root: CertificateAuthority
  let sub: CertificateAuthority
  let stranger: CertificateAuthority
  let jane: MadeCertificate
  beforeAll(async () => {
    root = await certificateAuthority({ name: 'Root', ...VALID })
    sub = await certificateAuthority({ name: 'Sub', parent: root, key: 'ed25519', ...VALID })
    stranger = await certificateAuthority({ name: 'Stranger', ...VALID })
    jane = await sub.issue(USER)
  })

  it('asks nothing where nobody is trusted, nor of settings from before there was a list', () => {
    expect(outcome(jane.pem)).toBe('CN=Jane')
    const issuers = trustedIssuers(config({}))
    expect(readCertificate(jane.der, { at, trusted: [issuers] })).toHaveProperty('subject', 'CN=Jane')
  })

  it('takes what a trusted authority issued, itself a root or not', async () => {
    const direct = await root.issue(USER)
    expect(outcome(direct.pem, root)).toBe('CN=Jane')
    expect(outcome(direct.pem, stranger, root)).toBe('CN=Jane')
    expect(outcome(jane.pem, sub)).toBe('CN=Jane')
  })

  it('refuses what others issued', () => {
    expect(outcome(jane.pem, stranger)).toBe('UNTRUSTED_ISSUER')
    expect(outcome(jane.pem + sub.pem + root.pem, stranger)).toBe('UNTRUSTED_ISSUER')
  })

  it('goes by way of the authorities in the file, in whatever order', () => {
    expect(outcome(jane.pem, root)).toBe('UNTRUSTED_ISSUER')
    expect(outcome(jane.pem + sub.pem, root)).toBe('CN=Jane')
    expect(outcome(root.pem + stranger.pem + sub.pem + jane.pem, root)).toBe('CN=Jane')
  })

  it('refuses what has the name of a trusted authority and another key', async () => {
    for (const hasKeyIdentifiers of [true, false]) {
      const namesakes = await Promise.all(
        [1, 2].map(() => certificateAuthority({ name: 'Namesake', hasKeyIdentifiers, ...VALID })),
      )
      const [one, other] = namesakes
      if (!one || !other) throw new Error('two were made')
      const { pem } = await one.issue({ ...USER, hasKeyIdentifiers })
      expect(outcome(pem, other)).toBe('UNTRUSTED_ISSUER')
      expect(outcome(pem + one.pem, other)).toBe('UNTRUSTED_ISSUER')
      expect(outcome(pem, other, one)).toBe('CN=Jane')
    }
  })

  it('refuses a path by way of a user', async () => {
    const user = await sub.issue({ subject: '/CN=User', ...VALID })
    const forged = await certificateAuthority({ name: 'Forged', parent: user, ...VALID })
    const { pem } = await forged.issue(USER)
    expect(outcome(pem + forged.pem + sub.pem, root)).toBe('UNTRUSTED_ISSUER')
    expect(outcome(pem + forged.pem + user.pem + sub.pem, root)).toBe('SEVERAL_CERTIFICATES')
  })

  it('holds no authority for one that may sign no certificates', async () => {
    const keyUsage = ['keyUsage=critical,cRLSign']
    const muted = await certificateAuthority({ name: 'Muted', parent: root, extensions: keyUsage, ...VALID })
    const { pem } = await muted.issue(USER)
    expect(outcome(pem + muted.pem, root)).toBe('SEVERAL_CERTIFICATES')
    expect(trustedCertificateMistakes([muted.pem])).toHaveLength(1)
  })

  it('refuses authorities that are not valid at the time, trusted or between', async () => {
    const old = await certificateAuthority({ name: 'Old', ...EXPIRED })
    expect(outcome((await old.issue(USER)).pem, old)).toBe('UNTRUSTED_ISSUER')
    const between = await certificateAuthority({ name: 'Between', parent: root, ...EXPIRED })
    expect(outcome((await between.issue(USER)).pem + between.pem, root)).toBe('UNTRUSTED_ISSUER')
  })

  it('tells of an expired certificate beside', async () => {
    const expired = await root.issue({ ...USER, ...EXPIRED })
    expect(outcome(expired.pem, root)).toBe('CERTIFICATE_EXPIRED')
    expect(outcome(expired.pem, stranger)).toBe('CERTIFICATE_EXPIRED,UNTRUSTED_ISSUER')
  })

  it('takes paths of eight authorities, and no longer ones', async () => {
    const authorities = await chain(9)
    const { pem } = (await authorities.at(-1)?.issue(USER)) ?? jane
    const file = pem + authorities.map((authority) => authority.pem).join('')
    const [ninth, eighth] = authorities
    if (!ninth || !eighth) throw new Error('nine were made')
    expect(outcome(file, eighth)).toBe('CN=Jane')
    expect(outcome(file, ninth)).toBe('UNTRUSTED_ISSUER')
  })
})

describe('trusted certificates', () => {
  it('are told apart from what is none, by their place in the list', async () => {
    const authority = await certificateAuthority({ name: 'Root', ...VALID })
    const user = await selfSigned(USER)
    const wrong = [
      authority.pem,
      'x',
      authority.pem + user.pem,
      authority.keyPem,
      user.pem,
      authority.der.toString('latin1'),
    ]
    expect(trustedCertificateMistakes(wrong)).toEqual([
      { index: 1, problem: 'expected one X.509 certificate in PEM' },
      { index: 2, problem: 'expected one X.509 certificate in PEM' },
      { index: 3, problem: 'expected a certificate, not a private key' },
      { index: 4, problem: 'expected the certificate of an authority (basicConstraints CA:TRUE)' },
      { index: 5, problem: 'expected one X.509 certificate in PEM' },
    ])
    expect(trustedCertificateMistakes([authority.pem])).toEqual([])
  })

  it('never become none because they cannot be read', () => {
    expect(() => trustedIssuers(config({ trusted_ca_certificates: ['x'] }))).toThrow(
      'Trusted certificate 0 of factor config 7: expected one X.509 certificate in PEM',
    )
  })
})
