import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { type MadeCertificate, openssl, pkcs12, selfSigned } from '@muster/testkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { newSigner, selfMade } from '../../../../../bench/certificates.ts'
import { readCertificate } from '../../../src/enrollments/smart-cards/certificate.ts'

const at = new Date('2026-11-22T12:00:00Z')
const VALID = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2028-01-01T00:00:00Z') }

/** The common name of the certificate that is read, or the codes of what is wrong. */
function outcome(file: Uint8Array | string): string {
  const result = readCertificate(typeof file === 'string' ? Buffer.from(file) : file, { at, trusted: [] })
  return 'fingerprint' in result ? result.subject : result.map(({ code }) => code).join()
}

let jane: MadeCertificate
let joe: MadeCertificate
let root: MadeCertificate
let sub: MadeCertificate
beforeAll(async () => {
  const extensions = ['basicConstraints=critical,CA:TRUE']
  ;[jane, joe, root, sub] = await Promise.all([
    selfSigned({ subject: '/CN=Jane', ...VALID }),
    selfSigned({ subject: '/CN=Joe', ...VALID }),
    selfSigned({ subject: '/CN=Root', extensions, ...VALID }),
    selfSigned({ subject: '/CN=Sub', extensions, ...VALID }),
  ])
})

function labelled(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`
}

describe('a file of a certificate', () => {
  it('is DER of one, and nothing after it', () => {
    expect(outcome(jane.der)).toBe('CN=Jane')
    expect(outcome(Buffer.concat([jane.der, Buffer.of(0)]))).toBe('NOT_A_CERTIFICATE')
    expect(outcome(Buffer.concat([jane.der, Buffer.from(joe.pem)]))).toBe('NOT_A_CERTIFICATE')
    expect(outcome(jane.der.subarray(0, -1))).toBe('NOT_A_CERTIFICATE')
  })

  it('is read where it lies in a larger buffer', () => {
    const larger = new Uint8Array(jane.der.length + 20)
    larger.set(jane.der, 10)
    expect(outcome(larger.subarray(10, 10 + jane.der.length))).toBe('CN=Jane')
  })

  it('is DER in its one form: another form would have another fingerprint', () => {
    const long = Buffer.concat([Buffer.from('308300', 'hex'), jane.der.subarray(2)])
    expect(new X509Certificate(long).fingerprint256).toBe(new X509Certificate(jane.der).fingerprint256)
    expect(outcome(long)).toBe('NOT_A_CERTIFICATE')
  })

  it.each([
    ['text around it', () => `0 s:CN=Jane -----BEGIN nothing\n${jane.pem}Thanks, Jané\n`],
    ['Windows lines', () => jane.pem.replace(/\n/g, '\r\n')],
    ['a byte order mark', () => `\ufeff${jane.pem}`],
    ['its old label', () => labelled('X509 CERTIFICATE', jane.der)],
    ['no line breaks', () => `-----BEGIN CERTIFICATE-----${jane.der.toString('base64')}-----END CERTIFICATE-----`],
    ['its public key', () => labelled('PUBLIC KEY', Buffer.from('3000', 'hex')) + jane.pem],
    ['itself again', () => jane.pem + jane.pem],
  ])('is PEM with %s', (_, file) => {
    expect(outcome(file())).toBe('CN=Jane')
  })

  it.each([
    ['empty', () => ''],
    ['text', () => 'BEGIN CERTIFICATE'],
    ['without the end', () => jane.pem.slice(0, -30)],
    ['with the end of another label', () => jane.pem.replace('END CERT', 'END X509 CERT')],
    ['with a character that is not base64', () => jane.pem.replace('\nMI', '\nM!')],
    ['with a header', () => jane.pem.replace('\nMI', '\nComment: x\n\nMI')],
    ['with more after the DER', () => labelled('CERTIFICATE', Buffer.concat([jane.der, Buffer.of(0)]))],
    ['with another block that is damaged', () => jane.pem + root.pem.replace('\nMI', '\nM!')],
    ['under a label that adds trust', () => labelled('TRUSTED CERTIFICATE', jane.der)],
    ['in base64 alone', () => jane.der.toString('base64')],
    ['in UTF-16', () => Buffer.from(jane.pem, 'utf16le')],
  ])('is none when it is %s', (_, file) => {
    expect(outcome(file())).toBe('NOT_A_CERTIFICATE')
  })

  it('is none when it is a request, a public key, a revocation list or PKCS #7', async () => {
    const files = {
      'c.pem': jane.pem,
      'k.pem': jane.keyPem,
      'index.txt': '',
      cnf: '[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\ndefault_md=sha256',
    }
    const others: readonly (readonly string[])[] = [
      ['req', '-new', '-key', 'k.pem', '-subj', '/CN=Jane'],
      ['pkey', '-in', 'k.pem', '-pubout'],
      ['crl2pkcs7', '-nocrl', '-certfile', 'c.pem'],
      ['ca', '-gencrl', '-config', 'cnf', '-cert', 'c.pem', '-keyfile', 'k.pem', '-crldays', '9'],
    ]
    for (const command of others) {
      const pem = await openssl(files, 'made', [...command, '-out', 'made'])
      expect(pem.toString()).toContain('-----BEGIN ')
      expect(outcome(pem)).toBe('NOT_A_CERTIFICATE')
      expect(outcome(Buffer.from(pem.toString().replace(/-----[^-]+-----|\s/g, ''), 'base64'))).toBe(
        'NOT_A_CERTIFICATE',
      )
    }
  })
})

describe('a file of several certificates', () => {
  it("is the user's with the authorities above, in any order", () => {
    expect(outcome(jane.pem + sub.pem + root.pem)).toBe('CN=Jane')
    expect(outcome(root.pem + sub.pem + jane.pem)).toBe('CN=Jane')
  })

  it('is nobody’s when there are two users, or none', () => {
    expect(outcome(jane.pem + joe.pem)).toBe('SEVERAL_CERTIFICATES')
    expect(outcome(root.pem + jane.pem + sub.pem + joe.pem)).toBe('SEVERAL_CERTIFICATES')
    expect(outcome(root.pem + sub.pem)).toBe('SEVERAL_CERTIFICATES')
    expect(outcome(root.pem)).toBe('CN=Root')
  })

  it('has at most 16', () => {
    expect(outcome(jane.pem + root.pem.repeat(15))).toBe('CN=Jane')
    expect(outcome(jane.pem + root.pem.repeat(16))).toBe('SEVERAL_CERTIFICATES')
  })
})

describe('a file with a private key', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const ed = generateKeyPairSync('ed25519').privateKey
  const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey
  const password = { cipher: 'aes-256-cbc', passphrase: 'x' }
  const inBoth = (name: string, key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1', how = {}) => [
    [`${name} in PEM`, Buffer.from(key.export({ type: type as 'pkcs8', format: 'pem', ...how }))] as const,
    [`${name} in DER`, key.export({ type: type as 'pkcs8', format: 'der', ...(type === 'pkcs8' && how) })] as const,
  ]
  const keys: readonly (readonly [string, Buffer])[] = [
    ...inBoth('PKCS #8 of RSA', rsa, 'pkcs8'),
    ...inBoth('PKCS #8 of P-256', ec, 'pkcs8'),
    ...inBoth('PKCS #8 of Ed25519', ed, 'pkcs8'),
    ...inBoth('PKCS #8 of DSA', dsa, 'pkcs8'),
    ...inBoth('encrypted PKCS #8', ec, 'pkcs8', password),
    ...inBoth('PKCS #1', rsa, 'pkcs1'),
    ...inBoth('SEC 1', ec, 'sec1'),
    ['encrypted PKCS #1 in PEM', Buffer.from(rsa.export({ type: 'pkcs1', format: 'pem', ...password }))],
    ["OpenSSH's armour", Buffer.from('-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n')],
    ["PGP's armour", Buffer.from('-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ==\n')],
    ["SSH2's armour", Buffer.from('---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/5\n')],
    ["PuTTY's file", Buffer.from('PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n')],
  ]

  it.each(keys)('is refused: %s', (_, key) => {
    expect(outcome(key)).toBe('PRIVATE_KEY')
  })

  it.each(keys)('is refused before, after and between certificates: %s', (_, key) => {
    const line = Buffer.from('\n')
    for (const certificate of [jane.der, Buffer.from(jane.pem)]) {
      expect(outcome(Buffer.concat([key, line, certificate]))).toBe('PRIVATE_KEY')
      expect(outcome(Buffer.concat([certificate, key]))).toBe('PRIVATE_KEY')
      expect(outcome(Buffer.concat([certificate, line, key, line, certificate]))).toBe('PRIVATE_KEY')
    }
  })

  it.each(keys)('is refused under the label of a certificate, in base64 alone, and cut short: %s', (_, key) => {
    expect(outcome(labelled('CERTIFICATE', key))).toBe('PRIVATE_KEY')
    expect(outcome(key.toString('base64'))).toBe('PRIVATE_KEY')
    expect(outcome(labelled('CERTIFICATE', key.subarray(0, -5)).slice(0, -20))).toBe('PRIVATE_KEY')
    expect(outcome(key.subarray(0, -5))).toBe('PRIVATE_KEY')
  })

  it.each(keys.filter(([name]) => name.includes('PEM')))('is refused in UTF-16 of either order: %s', (_, key) => {
    const wide = Buffer.from(`\ufeff${key.toString()}`, 'utf16le')
    expect(outcome(wide)).toBe('PRIVATE_KEY')
    expect(outcome(wide.swap16())).toBe('PRIVATE_KEY')
  })

  it('is refused as PKCS #12 and as a key store of Java', async () => {
    const store = await pkcs12(jane, 'password')
    expect(outcome(store)).toBe('PRIVATE_KEY')
    expect(outcome(labelled('PKCS12', store) + jane.pem)).toBe('PRIVATE_KEY')
    // As some make it: BER with indefinite lengths.
    expect(outcome(Buffer.concat([Buffer.from('3080020103308006092a864886f70d010701a080', 'hex'), store]))).toBe(
      'PRIVATE_KEY',
    )
    expect(outcome(Buffer.from('feedfeed00000002', 'hex'))).toBe('PRIVATE_KEY')
    expect(outcome(Buffer.from('cececece00000002', 'hex'))).toBe('PRIVATE_KEY')
  })

  it('is not every file that has small numbers in a row', async () => {
    const policy = ['certificatePolicies=@policy', '[policy]', 'policyIdentifier=1.2.3.4', 'userNotice.1=@notice']
    const notice = ['[notice]', 'explicitText=Private keys', 'organization=Acme', 'noticeNumbers=1,2,3,4']
    const { der } = await selfSigned({ subject: '/CN=Notice', extensions: [...policy, ...notice], ...VALID })
    expect(der.includes(Buffer.from('300c020101020102', 'hex'))).toBe(true)
    expect(outcome(der)).toBe('CN=Notice')
  })

  it('is told of keys that Node reads, and of no certificate', () => {
    expect(createPrivateKey(jane.keyPem).type).toBe('private')
    const signer = newSigner()
    for (let serial = 1; serial <= 500; serial++) {
      expect(outcome(selfMade({ serial, commonName: `u${serial}`, emails: [], ...VALID }, signer))).toBe(
        `CN=u${serial}`,
      )
    }
  })
})

describe('a hostile file of 1 MiB', () => {
  const filled = (unit: string): Buffer => Buffer.alloc(1024 * 1024, unit, 'latin1')

  it.each([
    ['of begins', '-----BEGIN '],
    ['of begins of lines', '\n-----BEGIN CERTIFICATE-----'],
    ['of begins that end', '\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['of labels', '-----BEGIN A'],
    ['of dashes', '-'],
    ['of spaces', ' '],
    ['of one line of base64', 'A'],
    ['of equals signs', '='],
    ['of keys, almost', 'PRIVATE KEY----'],
    ['of sequences', '0'],
    ['of nested sequences', '\x30\x80'],
    ['of sequences with long lengths', '\x30\x84'],
    ['of empty elements', '\x30\x00'],
    ['of versions', '\x30\x10\x02\x01\x00\x30\x06\x06\x01'],
  ])('%s is told quickly', (_, unit) => {
    const start = process.cpuUsage()
    expect(outcome(filled(unit))).toMatch(/^(NOT_A_CERTIFICATE|SEVERAL_CERTIFICATES)$/)
    const { user, system } = process.cpuUsage(start)
    // Seconds would be enough to tell linear from quadratic, which is a million times as much.
    expect((user + system) / 1e6).toBeLessThan(5)
  })

  it('of one open block is told quickly', () => {
    const open = Buffer.concat([Buffer.from('-----BEGIN CERTIFICATE-----\n'), filled('A \n')])
    expect(outcome(open)).toBe('NOT_A_CERTIFICATE')
    expect(outcome(Buffer.concat([open, Buffer.from('-----END CERTIFICATE-----')]))).toBe('NOT_A_CERTIFICATE')
  })
})
