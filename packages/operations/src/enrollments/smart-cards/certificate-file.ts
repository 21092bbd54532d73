import { Wrong } from '@muster/engine'
import { elementAt, SEQUENCE } from './der.ts'
import { pemBlocks, pemBytes } from './pem.ts'
import { holdsPrivateKey } from './private-key.ts'

export const NOT_A_CERTIFICATE = new Wrong('NOT_A_CERTIFICATE')
export const SEVERAL_CERTIFICATES = new Wrong('SEVERAL_CERTIFICATES')
const PRIVATE_KEY = new Wrong('PRIVATE_KEY')

/** More than a user's certificate and the longest path above it: no one's file looks so, and each costs time. */
const MAX_CERTIFICATES = 16

const LABELS: ReadonlySet<string> = new Set(['CERTIFICATE', 'X509 CERTIFICATE'])

/**
 * What a file has in the place of certificates, in its order, each in what claims to be DER; at least one. The file is
 * DER of exactly one, or PEM of up to 16 with any text and other blocks around them.
 */
export function certificatesIn(file: Buffer): readonly Buffer[] | Wrong {
  if (holdsPrivateKey(file)) return PRIVATE_KEY
  if (isBinary(file)) return isOneElement(file) ? [file] : NOT_A_CERTIFICATE
  const text = file.toString('latin1')
  const certificates: (Buffer | null)[] = []
  let blocks = 0
  for (const block of pemBlocks(text)) {
    blocks++
    // Read leniently: a key under a wrong label, or one that was cut, is a key.
    if (holdsPrivateKey(Buffer.from(block.body, 'base64'))) return PRIVATE_KEY
    if (LABELS.has(block.label)) certificates.push(pemBytes(block))
  }
  if (blocks === 0 && holdsPrivateKey(Buffer.from(text, 'base64'))) return PRIVATE_KEY
  const whole = certificates.filter((certificate) => certificate !== null)
  if (whole.length === 0 || whole.length < certificates.length) return NOT_A_CERTIFICATE
  return whole.length > MAX_CERTIFICATES ? SEVERAL_CERTIFICATES : whole
}

/** A long SEQUENCE: 0x30 is the digit 0, but what follows is no ASCII. */
function isBinary(file: Buffer): boolean {
  return file[0] === SEQUENCE && (file[1] ?? 0) >= 0x80
}

function isOneElement(file: Buffer): boolean {
  const whole = elementAt(file, 0, file.length)
  return whole?.isWhole === true && whole.end === file.length
}
