import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { SettingMistakes } from '../setting-files.ts'

/** The settings that Apple's passes need, all of them or none. `APPLE_PASS_KEY_PASSPHRASE` may be given beside them. */
export const APPLE_SETTINGS = [
  'APPLE_PASS_TYPE_ID',
  'APPLE_TEAM_ID',
  'APPLE_PASS_CERTIFICATE_FILE',
  'APPLE_PASS_KEY_FILE',
  'APPLE_WWDR_CERTIFICATE_FILE',
] as const

type AppleSetting = (typeof APPLE_SETTINGS)[number]

/** What Apple's passes are signed with: https://developer.apple.com/documentation/walletpasses/building-a-pass */
export interface AppleCredentials {
  /** Like `pass.com.example.badge`. */
  readonly passTypeIdentifier: string
  readonly teamIdentifier: string
  /** The pass type's certificate, PEM. */
  readonly certificate: string
  /** Its key, PKCS #8 in PEM, not encrypted. */
  readonly key: string
  /** Of Apple's Worldwide Developer Relations authority, which issued the pass type's; PEM. */
  readonly wwdrCertificate: string
  /** When the first of the certificates expires. */
  readonly expiresAt: Date
}

/** Null when not all settings are given, or something is wrong with them, which is told then. */
export function readAppleCredentials(
  settings: Readonly<Record<string, string | undefined>>,
  mistakes: SettingMistakes,
): AppleCredentials | null {
  const given = allGiven(settings)
  if (given === null) return null
  const certificate = readCertificate('APPLE_PASS_CERTIFICATE_FILE', given, mistakes)
  const wwdr = readCertificate('APPLE_WWDR_CERTIFICATE_FILE', given, mistakes)
  const key = readKey(given.APPLE_PASS_KEY_FILE, settings['APPLE_PASS_KEY_PASSPHRASE'], mistakes)
  if (certificate === null) return null
  checkNames(certificate, given, mistakes)
  if (key !== null && !certificate.checkPrivateKey(key)) {
    mistakes.tell('APPLE_PASS_KEY_FILE', 'expected the key of the certificate in APPLE_PASS_CERTIFICATE_FILE')
  }
  if (wwdr !== null && !isIssuedBy(certificate, wwdr)) {
    const problem = 'expected the certificate of the authority that issued the one in APPLE_PASS_CERTIFICATE_FILE'
    mistakes.tell('APPLE_WWDR_CERTIFICATE_FILE', problem)
  }
  if (key === null || wwdr === null || mistakes.all.length > 0) return null
  return {
    passTypeIdentifier: given.APPLE_PASS_TYPE_ID,
    teamIdentifier: given.APPLE_TEAM_ID,
    certificate: certificate.toString(),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    wwdrCertificate: wwdr.toString(),
    expiresAt: new Date(Math.min(...[certificate, wwdr].map(({ validTo }) => Date.parse(validTo)))),
  }
}

function allGiven(settings: Readonly<Record<string, string | undefined>>): Record<AppleSetting, string> | null {
  const {
    APPLE_PASS_TYPE_ID,
    APPLE_TEAM_ID,
    APPLE_PASS_CERTIFICATE_FILE,
    APPLE_PASS_KEY_FILE,
    APPLE_WWDR_CERTIFICATE_FILE,
  } = settings
  if (!APPLE_PASS_TYPE_ID || !APPLE_TEAM_ID) return null
  if (!APPLE_PASS_CERTIFICATE_FILE || !APPLE_PASS_KEY_FILE || !APPLE_WWDR_CERTIFICATE_FILE) return null
  return {
    APPLE_PASS_TYPE_ID,
    APPLE_TEAM_ID,
    APPLE_PASS_CERTIFICATE_FILE,
    APPLE_PASS_KEY_FILE,
    APPLE_WWDR_CERTIFICATE_FILE,
  }
}

/** In PEM, or in DER as Apple hands them out. */
function readCertificate(
  setting: 'APPLE_PASS_CERTIFICATE_FILE' | 'APPLE_WWDR_CERTIFICATE_FILE',
  given: Record<AppleSetting, string>,
  mistakes: SettingMistakes,
): X509Certificate | null {
  const bytes = mistakes.file(setting, given[setting])
  if (bytes === null) return null
  const certificate = certificateOf(bytes)
  if (certificate?.publicKey.asymmetricKeyType === 'rsa') return certificate
  mistakes.tell(setting, 'expected a file with a certificate of an RSA key, in PEM or DER')
  return null
}

function certificateOf(bytes: Buffer): X509Certificate | null {
  try {
    return new X509Certificate(bytes)
  } catch {
    return null
  }
}

function readKey(path: string, passphrase: string | undefined, mistakes: SettingMistakes): KeyObject | null {
  const pem = mistakes.file('APPLE_PASS_KEY_FILE', path)
  if (pem === null) return null
  try {
    const key = createPrivateKey({ key: pem, ...(passphrase ? { passphrase } : {}) })
    if (key.asymmetricKeyType === 'rsa') return key
  } catch {
    // What is wrong with it is said below; the library's words may hold parts of the file.
  }
  const problem = 'expected a file with an RSA key in PEM; for an encrypted one, set APPLE_PASS_KEY_PASSPHRASE'
  mistakes.tell('APPLE_PASS_KEY_FILE', problem)
  return null
}

/** Wallet refuses a pass whose identifiers are not those of its certificate, without saying why. */
function checkNames(
  certificate: X509Certificate,
  given: Record<AppleSetting, string>,
  mistakes: SettingMistakes,
): void {
  const names = certificate.subject.split('\n')
  if (!names.includes(`UID=${given.APPLE_PASS_TYPE_ID}`)) {
    mistakes.tell('APPLE_PASS_TYPE_ID', 'expected the user id (UID) that APPLE_PASS_CERTIFICATE_FILE names')
  }
  if (!names.includes(`OU=${given.APPLE_TEAM_ID}`)) {
    mistakes.tell('APPLE_TEAM_ID', 'expected the organizational unit (OU) that APPLE_PASS_CERTIFICATE_FILE names')
  }
}

function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
}
