import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import {
  type CertificateAuthority,
  certificateAuthority,
  type KeyKind,
  openssl,
  pivCertificate,
  selfSigned,
  YUBIKEY_ATTESTATION,
} from '@muster/testkit'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { newSigner, selfMade } from '../../../../../bench/certificates.ts'
import { readCertificate, type SmartCard } from '../../../src/enrollments/smart-cards/certificate.ts'
import { trustedIssuers } from '../../../src/enrollments/smart-cards/issuers.ts'

const at = new Date('2026-11-22T12:00:00Z')
const VALID = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2028-02-03T04:05:06Z') }
const KEYS: readonly (readonly [KeyKind, string])[] = [
  ['rsa:2048', 'rsa 2048'],
  ['rsa:3072', 'rsa 3072'],
  ['P-256', 'ec P-256'],
  ['P-384', 'ec P-384'],
  ['ed25519', 'ed25519'],
]

let authority: CertificateAuthority
beforeAll(async () => {
  authority = await certificateAuthority({ name: 'Root' })
})

function read(file: Uint8Array | string, trusted: Parameters<typeof readCertificate>[1]['trusted'] = []) {
  return readCertificate(typeof file === 'string' ? Buffer.from(file) : file, { at, trusted })
}

function codes(file: Uint8Array | string): readonly string[] {
  const result = read(file)
  return 'fingerprint' in result ? ['taken'] : result.map(({ code }) => code)
}

/** What openssl says of a certificate, in the words of a SmartCard. */
async function toldByOpenssl(pem: string): Promise<Omit<SmartCard, 'keyType' | 'subjectAltNames'> & { names: string }> {
  const said = ['-subject', '-issuer', '-serial', '-fingerprint', '-sha256', '-dates', '-ext', 'subjectAltName']
  const command = ['x509', '-in', 'c.pem', '-noout', '-out', 'said', '-nameopt', 'RFC2253,utf8,-esc_msb', '-dateopt']
  const lines = (await openssl({ 'c.pem': pem }, 'said', [...command, 'iso_8601', ...said])).toString()
  const line = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(lines)?.[1] ?? ''
  const toKey = ['x509', '-in', 'c.pem', '-noout', '-pubkey', '-out', 'key']
  const toDer = ['pkey', '-pubin', '-in', 'key', '-outform', 'DER', '-out', 'der']
  return {
    subject: line('subject'),
    issuer: line('issuer'),
    serialNumber: line('serial'),
    fingerprint: line('sha256 Fingerprint').replaceAll(':', '').toLowerCase(),
    notBefore: line('notBefore').replace(' ', 'T'),
    notAfter: line('notAfter').replace(' ', 'T'),
    publicKey: (await openssl({ 'c.pem': pem }, 'der', toKey, toDer)).toString('base64'),
    names: /Alternative Name:.*\n\s*(.*)/.exec(lines)?.[1] ?? '',
  }
}

describe('readCertificate', () => {
  it.each(KEYS)('reads of a PIV certificate with %s what openssl reads', async (key, keyType) => {
    const piv = pivCertificate('Jané "J" Doe, Jr \\+ <x>=#;\\\\', 'jane@acme.com')
    const { pem, der } = await authority.issue({ ...piv, ...VALID, key })
    const { names, ...told } = await toldByOpenssl(pem)
    expect(names).toBe('othername: UPN::jane@acme.com, email:jane@acme.com')
    const card = { ...told, keyType, subjectAltNames: ['UPN:jane@acme.com', 'email:jane@acme.com'] }
    expect(told.notAfter).toBe('2028-02-03T04:05:06Z')
    expect(read(der)).toEqual(card)
    expect(read(pem)).toEqual(card)
  })

  it("reads a YubiKey's attestation, which has no alternative names", async () => {
    const { pem } = await authority.issue({ ...YUBIKEY_ATTESTATION, ...VALID })
    const { names: _, ...told } = await toldByOpenssl(pem)
    expect(read(pem)).toEqual({ ...told, keyType: 'ec P-256', subjectAltNames: [] })
    expect(told.subject).toBe('CN=YubiKey PIV Attestation 9a')
  })

  it('keeps several attributes of one RDN together', async () => {
    const { pem } = await selfSigned({ subject: '/O=Acme/CN=Jane+UID=j \\+ d/OU=Staff', ...VALID })
    const { names: _, ...told } = await toldByOpenssl(pem)
    expect(read(pem)).toMatchObject({ subject: told.subject })
    expect(told.subject).toMatch(/^OU=Staff,UID=j \\\+ d\+CN=Jane,O=Acme$/)
  })

  it('tells all kinds of alternative names apart, and leaves out those without text', async () => {
    const sans = [
      'email:jane@acme.com',
      'otherName:1.3.6.1.4.1.311.20.2.3;UTF8:ja\\"ne, DNS:x@corp',
      'otherName:1.2.3.4;INTEGER:5',
      'URI:http://a/,DNS:b',
      'DNS:host.example',
      'IP:1.2.3.4',
      'RID:1.2.3.4',
    ]
    const { der } = await selfSigned({ subject: '/CN=Jane', sans, ...VALID })
    expect(read(der)).toMatchObject({
      subjectAltNames: [
        'email:jane@acme.com',
        'UPN:ja"ne, DNS:x@corp',
        'URI:http://a/,DNS:b',
        'DNS:host.example',
        'IP Address:1.2.3.4',
        'Registered ID:1.2.3.4',
      ],
    })
  })

  it('keeps alternative names as they are, whatever their characters, but for those with NUL', () => {
    const signer = newSigner()
    const latin1 = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 20 })
    const names = fc.array(fc.oneof(latin1, fc.constantFrom('"', ', ', ':"', '<unsupported>x', 'a", DNS:b')))
    fc.assert(
      fc.property(names, (emails) => {
        const result = read(selfMade({ serial: 1, commonName: 'x', emails, ...VALID }, signer))
        const kept = emails.filter((email) => !email.includes('\0')).map((email) => `email:${email}`)
        expect(result).toMatchObject({ subjectAltNames: kept })
      }),
    )
  })

  it('reads names in every script, and no name', () => {
    const signer = newSigner()
    const said = { serial: 200, emails: [], ...VALID }
    expect(read(selfMade({ ...said, commonName: '田中 さくら' }, signer))).toMatchObject({ subject: 'CN=田中 さくら' })
    expect(read(selfMade({ ...said, commonName: ' a\nb\0' }, signer))).toMatchObject({ subject: 'CN=\\ a\\0Ab\\00' })
    const unnamed = selfMade({ ...said, commonName: null }, signer)
    expect(read(unnamed)).toMatchObject({ subject: '', issuer: '', serialNumber: 'C8' })
  })

  it('reads times up to the year 9999', () => {
    const signer = newSigner()
    const notBefore = new Date('1950-01-01T00:00:00Z')
    for (const notAfter of ['2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
      const said = { serial: 1, commonName: 'x', emails: [], notBefore, notAfter: new Date(notAfter) }
      expect(read(selfMade(said, signer))).toMatchObject({ notBefore: '1950-01-01T00:00:00Z', notAfter })
    }
  })

  it('is valid from its first second to its last', () => {
    const signer = newSigner()
    const judged = (notBefore: string, notAfter: string): readonly string[] => {
      const times = { notBefore: new Date(notBefore), notAfter: new Date(notAfter) }
      return codes(selfMade({ serial: 1, commonName: 'x', emails: [], ...times }, signer))
    }
    expect(judged('2026-11-22T12:00:00Z', '2026-11-22T12:00:00Z')).toEqual(['taken'])
    expect(judged('2026-11-22T12:00:01Z', '2027-11-22T12:00:00Z')).toEqual(['CERTIFICATE_NOT_YET_VALID'])
    expect(judged('2025-11-22T12:00:01Z', '2026-11-22T11:59:59Z')).toEqual(['CERTIFICATE_EXPIRED'])
    expect(judged('2027-01-01T00:00:00Z', '2025-01-01T00:00:00Z')).toEqual([
      'CERTIFICATE_EXPIRED',
      'CERTIFICATE_NOT_YET_VALID',
    ])
  })

  it('tells everything that is wrong, for each factor config', () => {
    const trusting = (id: string) =>
      trustedIssuers({
        id,
        name: 'Cards',
        factorType: 'SmartCardAuthenticator',
        settings: { trusted_ca_certificates: [authority.pem] },
      })
    const said = { serial: 1, commonName: 'x', emails: [], ...VALID, notAfter: new Date('2026-02-01T00:00:00Z') }
    expect(read(selfMade(said, newSigner()), [trusting('7'), trusting('8')])).toEqual([
      { code: 'CERTIFICATE_EXPIRED', params: undefined },
      { code: 'UNTRUSTED_ISSUER', params: { factorConfig: '7' } },
      { code: 'UNTRUSTED_ISSUER', params: { factorConfig: '8' } },
    ])
  })

  it('takes no certificate whose key cannot be read', () => {
    const { publicKey, privateKey } = newSigner()
    const offCurve = Buffer.from(publicKey)
    offCurve.writeUInt8((offCurve.at(-1) ?? 0) ^ 1, offCurve.length - 1)
    const der = selfMade({ serial: 1, commonName: 'x', emails: [], ...VALID }, { publicKey: offCurve, privateKey })
    expect(codes(der)).toEqual(['NOT_A_CERTIFICATE'])
  })

  it('takes no certificate of more than 64 KiB', () => {
    const emails = Array.from({ length: 2_500 }, (_, n) => `someone.${n}@acme.example`)
    const signer = newSigner()
    const some = selfMade({ serial: 1, commonName: 'x', emails: emails.slice(0, 2_000), ...VALID }, signer)
    expect(read(some)).toHaveProperty('subjectAltNames.length', 2_000)
    const many = selfMade({ serial: 1, commonName: 'x', emails, ...VALID }, signer)
    expect(read(many)).toEqual([{ code: 'ENTRY_TOO_LARGE', params: { max: 65_536 } }])
  })

  it('takes what somebody made for herself, which says that it is an authority', async () => {
    const { der } = await selfSigned({ subject: '/CN=Jane', extensions: ['basicConstraints=CA:TRUE'], ...VALID })
    expect(new X509Certificate(der).ca).toBe(true)
    expect(codes(der)).toEqual(['taken'])
  })

  it('is not led astray by PEM inside of a certificate', async () => {
    const inner = await authority.issue({ subject: '/CN=Inner', ...VALID })
    const outer = selfMade({ serial: 1, commonName: 'Outer', emails: [`\n${inner.pem}`], ...VALID }, newSigner())
    expect(new X509Certificate(outer).subject).toContain('Inner')
    expect(codes(outer)).toEqual(['NOT_A_CERTIFICATE'])
  })
})

describe('any file', () => {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const keyDer = key.export({ type: 'pkcs8', format: 'der' })
  const signer = { ...newSigner(), privateKey: key }
  const der = selfMade({ serial: 1, commonName: 'Jane', emails: ['jane@acme.com'], ...VALID }, signer)
  const pem = new X509Certificate(der).toString()
  const keyPem = key.export({ type: 'pkcs8', format: 'pem' }).toString()
  const files = fc.constantFrom(der, Buffer.from(pem), Buffer.from(`${pem}${pem}`))

  it('is a certificate or tells what is wrong, with bytes flipped, cut out and spliced in', () => {
    const edit = fc.record({ at: fc.nat(2_000), cut: fc.nat(40), put: fc.uint8Array({ maxLength: 20 }) })
    let taken = 0
    fc.assert(
      fc.property(files, fc.array(edit, { maxLength: 4 }), (file, edits) => {
        const edited = edits.reduce((bytes, { at: place, cut, put }) => {
          const from = place % (bytes.length + 1)
          return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + cut)])
        }, file)
        const result = read(edited)
        if ('fingerprint' in result) taken++
        else expect(result.length).toBeGreaterThan(0)
      }),
      { numRuns: 2_000 },
    )
    expect(taken).toBeGreaterThan(0)
  })

  it('survives each of its bits', () => {
    for (let bit = 0; bit < der.length * 8; bit++) {
      const flipped = Buffer.from(der)
      flipped.writeUInt8((flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3)
      expect(read(flipped)).toBeTypeOf('object')
    }
  })

  it('is a private key when there is one anywhere in it', () => {
    const keys = fc.constantFrom(Buffer.from(keyPem), Buffer.from(keyPem.replace(/\n/g, '\r\n')), keyDer)
    fc.assert(
      fc.property(files, keys, fc.nat(2_000), (file, inserted, place) => {
        const from = place % (file.length + 1)
        const both = Buffer.concat([file.subarray(0, from), inserted, file.subarray(from)])
        expect(read(both)).toEqual([{ code: 'PRIVATE_KEY', params: undefined }])
      }),
      { numRuns: 500 },
    )
  })

  it('gives away nothing of a key that was damaged beyond recognition', () => {
    const secret = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url')
    const pieces = [secret.toString('base64').slice(4, 16), keyDer.toString('base64').slice(60, 80)]
    fc.assert(
      fc.property(fc.nat(2_000), fc.nat(255), (place, byte) => {
        const both = Buffer.from(`${pem}${keyPem}`)
        both.writeUInt8(byte, place % both.length)
        const said = JSON.stringify(read(both))
        for (const piece of [...pieces, secret.toString('hex').slice(8, 24)]) expect(said).not.toContain(piece)
      }),
    )
  })
})
