/** One element of DER (X.690), by where it lies in its bytes. */
export interface Element {
  /** The identifier octet; tags above 30 are not told apart. */
  readonly tag: number
  /** Where its header begins. */
  readonly start: number
  /** Where its content begins. */
  readonly content: number
  /** Where it ends; cut to the end of what holds it, where it claims to be longer. */
  readonly end: number
  /** It is as long as it claims to be, with a definite length. */
  readonly isWhole: boolean
}

export const INTEGER = 0x02
export const BIT_STRING = 0x03
export const OCTET_STRING = 0x04
export const OBJECT_IDENTIFIER = 0x06
export const SEQUENCE = 0x30

/** The element that begins at `from`; null when there is none before `to`. Reads its header alone. */
export function elementAt(bytes: Uint8Array, from: number, to: number): Element | null {
  const tag = bytes[from]
  const first = bytes[from + 1]
  if (from + 2 > to || tag === undefined || first === undefined) return null
  if (first < 0x80) return element(tag, from, from + 2, first, to)
  const octets = first & 0x7f
  const content = from + 2 + octets
  // 0x80 is BER's indefinite length. More than four octets is longer than any file that is read here.
  if (octets === 0 || octets > 4 || content > to) {
    return { tag, start: from, content: Math.min(content, to), end: to, isWhole: false }
  }
  let length = 0
  for (let at = from + 2; at < content; at++) length = length * 256 + (bytes[at] ?? 0)
  return element(tag, from, content, length, to)
}

function element(tag: number, start: number, content: number, length: number, to: number): Element {
  const isWhole = length <= to - content
  return { tag, start, content, end: isWhole ? content + length : to, isWhole }
}

/** The elements that lie one after the other between `from` and `to`, as far as they can be told apart; at most `max`. */
export function elementsIn(bytes: Uint8Array, from: number, to: number, max: number): readonly Element[] {
  const found: Element[] = []
  for (let next = elementAt(bytes, from, to); next !== null; next = elementAt(bytes, next.end, to)) {
    found.push(next)
    if (found.length === max) break
  }
  return found
}
