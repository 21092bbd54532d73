import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type KeyKind = 'rsa:2048' | 'rsa:3072' | 'P-256' | 'P-384' | 'ed25519'

/** What a certificate says of itself. */
export interface CertificateOptions {
  /** As openssl takes it: `/O=Acme/CN=Jane Doe`. */
  readonly subject: string
  /** P-256 unless told: the quickest to make. */
  readonly key?: KeyKind
  /** From yesterday unless told. */
  readonly notBefore?: Date
  /** For a year from now unless told. */
  readonly notAfter?: Date
  /** As openssl's configuration has them: `email:jane@example.com`, `otherName:1.3.6.1.4.1.311.20.2.3;UTF8:jane@x`. */
  readonly sans?: readonly string[]
  /** Lines of openssl's configuration: `extendedKeyUsage=clientAuth`. */
  readonly extensions?: readonly string[]
  /** False: without the identifiers of its own key and its issuer's, so that a name alone tells the issuer. */
  readonly hasKeyIdentifiers?: boolean
}

/** A certificate with its private key. */
export interface MadeCertificate {
  readonly pem: string
  readonly der: Buffer
  /** PKCS #8. */
  readonly keyPem: string
}

/** An authority, which issues certificates. */
export interface CertificateAuthority extends MadeCertificate {
  issue(options: CertificateOptions): Promise<MadeCertificate>
}

export interface AuthorityOptions extends Omit<CertificateOptions, 'subject'> {
  /** Its common name. */
  readonly name: string
  /** Who issued it; itself unless told. */
  readonly parent?: MadeCertificate
}

/** Extensions and names of certificates on PIV cards (FIPS 201, and what Windows wants of a smart card logon). */
export function pivCertificate(commonName: string, email: string): CertificateOptions {
  return {
    subject: `/C=US/O=Acme/OU=Staff/CN=${commonName}`,
    sans: [`otherName:1.3.6.1.4.1.311.20.2.3;UTF8:${email}`, `email:${email}`],
    extensions: [
      'keyUsage=critical,digitalSignature',
      'extendedKeyUsage=clientAuth,1.3.6.1.4.1.311.20.2.2',
      'certificatePolicies=2.16.840.1.101.3.2.1.3.13',
    ],
  }
}

/** What a YubiKey says of a key that was made in its slot 9a: its firmware, serial number, policy and form. */
export const YUBIKEY_ATTESTATION: CertificateOptions = {
  subject: '/CN=YubiKey PIV Attestation 9a',
  hasKeyIdentifiers: false,
  extensions: [
    '1.3.6.1.4.1.41482.3.3=DER:050403',
    '1.3.6.1.4.1.41482.3.7=DER:020400a1b2c3',
    '1.3.6.1.4.1.41482.3.8=DER:0201',
    '1.3.6.1.4.1.41482.3.9=DER:01',
  ],
}

/** Makes an authority by the `openssl` command line, 3.0 or newer. */
export async function certificateAuthority({
  name,
  parent,
  ...options
}: AuthorityOptions): Promise<CertificateAuthority> {
  const extensions = [
    'basicConstraints=critical,CA:TRUE',
    'keyUsage=critical,keyCertSign,cRLSign',
    ...(options.extensions ?? []),
  ]
  const made = await make({ ...options, extensions, subject: `/O=Acme Trust/CN=${name}` }, parent ?? null)
  return { ...made, issue: (issued) => make(issued, made) }
}

/** A certificate that somebody made for herself. */
export function selfSigned(options: CertificateOptions): Promise<MadeCertificate> {
  return make(options, null)
}

/** The certificate with its key as PKCS #12. */
export function pkcs12({ pem, keyPem }: MadeCertificate, password: string): Promise<Buffer> {
  return openssl({ 'both.pem': `${keyPem}${pem}` }, 'store.p12', [
    'pkcs12',
    '-export',
    ...['-in', 'both.pem', '-out', 'store.p12', '-passout', `pass:${password}`],
  ])
}

/** Runs openssl in a folder of these files, and reads the one that it made there. */
export async function openssl(
  files: Readonly<Record<string, string | Uint8Array>>,
  made: string,
  ...commands: readonly (readonly string[])[]
): Promise<Buffer> {
  return inFolder(files, async (folder) => {
    for (const command of commands) await run('openssl', command, { cwd: folder })
    return readFile(join(folder, made))
  })
}

async function inFolder<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-openssl-'))
  try {
    await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)))
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const NEW_KEY: { readonly [K in KeyKind]: readonly string[] } = {
  'rsa:2048': ['-newkey', 'rsa:2048'],
  'rsa:3072': ['-newkey', 'rsa:3072'],
  'P-256': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'P-384': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  ed25519: ['-newkey', 'ed25519'],
}

async function make(options: CertificateOptions, issuer: MadeCertificate | null): Promise<MadeCertificate> {
  const files = {
    'openssl.cnf': configuration(options, issuer),
    'index.txt': '',
    ...(issuer && { 'issuer.pem': issuer.pem, 'issuer-key.pem': issuer.keyPem }),
  }
  return inFolder(files, async (folder) => {
    const { subject, key = 'P-256' } = options
    await run(
      'openssl',
      ['req', '-new', '-utf8', '-nodes', '-config', 'openssl.cnf', '-subj', subject, ...NEW_KEY[key]].concat([
        '-keyout',
        'key.pem',
        '-out',
        'request.pem',
      ]),
      { cwd: folder },
    )
    await run('openssl', ['ca', ...signing(options, issuer)], { cwd: folder })
    const [pem, keyPem] = await Promise.all(['made.pem', 'key.pem'].map((name) => readFile(join(folder, name), 'utf8')))
    if (pem === undefined || keyPem === undefined) throw new Error('openssl made no certificate')
    return { pem, keyPem, der: Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64') }
  })
}

const DAY = 86_400_000

function signing({ notBefore, notAfter }: CertificateOptions, issuer: MadeCertificate | null): readonly string[] {
  return [
    ...['-batch', '-utf8', '-notext', '-preserveDN', '-config', 'openssl.cnf'],
    ...['-in', 'request.pem', '-out', 'made.pem', '-outdir', '.'],
    ...['-startdate', asn1Time(notBefore ?? new Date(Date.now() - DAY))],
    ...['-enddate', asn1Time(notAfter ?? new Date(Date.now() + 365 * DAY))],
    ...(issuer ? ['-cert', 'issuer.pem', '-keyfile', 'issuer-key.pem'] : ['-selfsign', '-keyfile', 'key.pem']),
  ]
}

function asn1Time(date: Date): string {
  return `${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`
}

function configuration(options: CertificateOptions, issuer: MadeCertificate | null): string {
  const { sans = [], extensions = [], hasKeyIdentifiers = true } = options
  return `
[req]
distinguished_name = nobody
[nobody]
[ca]
default_ca = here
[here]
database = index.txt
rand_serial = yes
unique_subject = no
default_md = default
policy = any
x509_extensions = said
[any]
[said]
${hasKeyIdentifiers ? 'subjectKeyIdentifier = hash' : ''}
${hasKeyIdentifiers && issuer ? 'authorityKeyIdentifier = keyid' : ''}
${sans.length > 0 ? 'subjectAltName = @names' : ''}
${extensions.join('\n')}
[names]
${sans.map((san, n) => san.replace(':', `.${n} = `)).join('\n')}
`
}
