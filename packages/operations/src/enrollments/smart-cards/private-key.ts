import { type Element, elementAt, elementsIn, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE } from './der.ts'

// The ends of PEM's labels (RFC 7468; PGP's and SSH2's armour alike), and the heads of PuTTY's and OpenSSH's own formats.
const MARKS = [
  'PRIVATE KEY-----',
  'PRIVATE KEY BLOCK-----',
  'PRIVATE KEY ----',
  'PuTTY-User-Key-File-',
  'openssh-key-v1\0',
].map((mark) => Buffer.from(mark, 'latin1'))

// In UTF-16 a NUL stands between any two of these characters, whichever byte comes first.
const WIDE_MARKS = MARKS.map((mark) => Buffer.from(mark.toString('latin1').split('').join('\0'), 'latin1'))

const KEY_STORES = [0xfeedfeed, 0xcececece]

/**
 * Whether these bytes hold a private key, or a container that is made for one, be the rest what it may: PEM of any
 * label, PuTTY's and OpenSSH's files, PKCS #8 (RFC 5958; encrypted too), PKCS #1 (RFC 8017), SEC 1 (RFC 5915),
 * PKCS #12 (RFC 7292), and Java's JKS and JCEKS. A key that was cut short is one too. Linear in the bytes.
 */
export function holdsPrivateKey(bytes: Buffer): boolean {
  if (MARKS.some((mark) => bytes.includes(mark)) || WIDE_MARKS.some((mark) => bytes.includes(mark))) return true
  if (bytes.length >= 4 && KEY_STORES.includes(bytes.readUInt32BE(0))) return true
  // At any place, as nothing says that a file which holds a key begins with it.
  for (let at = bytes.indexOf(SEQUENCE); at >= 0; at = bytes.indexOf(SEQUENCE, at + 1)) {
    if (isPrivateKey(bytes, at)) return true
  }
  return false
}

/** Octets of the shortest secret. Below it, numbers in a row are just numbers: those of a policy's notice, for one. */
const MIN_SECRET = 16

/** Identifiers of the ways to encrypt a key by a password: PKCS #5 (RFC 8018), and those of PKCS #12. */
const PASSWORD_BASED = ['2a864886f70d0105', '2a864886f70d010c01'].map((hex) => Buffer.from(hex, 'hex'))

function isPrivateKey(bytes: Buffer, at: number): boolean {
  const whole = elementAt(bytes, at, bytes.length)
  const first = whole && elementAt(bytes, whole.content, whole.end)
  if (first?.tag === SEQUENCE) return isEncrypted(bytes, first)
  if (first?.tag !== INTEGER || first.end - first.content !== 1) return false
  const [second, third] = elementsIn(bytes, first.end, whole?.end ?? 0, 2)
  if (second === undefined) return false
  const version = bytes[first.content]
  // PKCS #12
  if (version === 3) return second.tag === SEQUENCE && identifierIn(bytes, second) !== null
  if (version !== 0 && version !== 1) return false
  // PKCS #8
  if (second.tag === SEQUENCE) return identifierIn(bytes, second) !== null && third?.tag === OCTET_STRING
  // PKCS #1 and the like, SEC 1
  return (second.tag === INTEGER || second.tag === OCTET_STRING) && second.end - second.content >= MIN_SECRET
}

function isEncrypted(bytes: Buffer, algorithm: Element): boolean {
  const identifier = identifierIn(bytes, algorithm)
  if (identifier === null) return false
  return PASSWORD_BASED.some((prefix) => prefix.equals(identifier.subarray(0, prefix.length)))
}

/** The object identifier that a sequence begins with, without its header; null when it begins with another thing. */
function identifierIn(bytes: Buffer, { content, end }: Element): Buffer | null {
  const first = elementAt(bytes, content, end)
  return first?.tag === OBJECT_IDENTIFIER ? bytes.subarray(first.content, first.end) : null
}
