import { BIT_STRING, type Element, elementAt, elementsIn, OBJECT_IDENTIFIER } from './der.ts'

/** Algorithms by their object identifiers, DER without its header in hex (RFC 3279, 4055, 5480, 8410). */
const ALGORITHMS: ReadonlyMap<string, 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'ed448'> = new Map([
  ['2a864886f70d010101', 'rsa'],
  ['2a864886f70d01010a', 'rsa-pss'],
  ['2a8648ce3d0201', 'ec'],
  ['2b6570', 'ed25519'],
  ['2b6571', 'ed448'],
])

const CURVES: ReadonlyMap<string, string> = new Map([
  ['2a8648ce3d030107', 'P-256'],
  ['2b81040022', 'P-384'],
  ['2b81040023', 'P-521'],
  ['2b8104000a', 'secp256k1'],
  ['2b2403030208010107', 'brainpoolP256r1'],
  ['2b240303020801010b', 'brainpoolP384r1'],
  ['2b240303020801010d', 'brainpoolP512r1'],
])

/**
 * A SubjectPublicKeyInfo's algorithm in a word, with the size of its modulus in bits or its curve where it has one:
 * `rsa 2048`, `ec P-256`, `ed25519`. Null when it is none that is known here. Node would tell it too, at ten times the
 * price for a curve.
 */
export function keyType(spki: Buffer): string | null {
  const whole = elementAt(spki, 0, spki.length)
  const [algorithm, key] = whole ? elementsIn(spki, whole.content, whole.end, 2) : []
  if (!algorithm || key?.tag !== BIT_STRING) return null
  const [identifier, parameters] = elementsIn(spki, algorithm.content, algorithm.end, 2)
  const name = identifier && ALGORITHMS.get(identifierOf(spki, identifier))
  if (name === 'rsa' || name === 'rsa-pss') return `${name} ${modulusBits(spki, key)}`
  if (name !== 'ec') return name ?? null
  const curve = parameters && CURVES.get(identifierOf(spki, parameters))
  return curve === undefined ? 'ec' : `ec ${curve}`
}

function identifierOf(bytes: Buffer, { tag, content, end }: Element): string {
  return tag === OBJECT_IDENTIFIER ? bytes.toString('hex', content, end) : ''
}

function modulusBits(spki: Buffer, key: Element): number {
  // The first octet of a BIT STRING counts the bits that are not used.
  const numbers = elementAt(spki, key.content + 1, key.end)
  const modulus = numbers && elementAt(spki, numbers.content, numbers.end)
  if (!modulus) return 0
  let first = modulus.content
  while (first < modulus.end && spki[first] === 0) first++
  return first === modulus.end ? 0 : (modulus.end - first) * 8 - Math.clz32(spki[first] ?? 0) + 24
}
