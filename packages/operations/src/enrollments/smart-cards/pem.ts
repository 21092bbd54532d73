/** A block of PEM (RFC 7468). */
export interface PemBlock {
  readonly label: string
  /** What lies between its markers. */
  readonly body: string
  /** Its end marker is there, with the same label. */
  readonly isClosed: boolean
}

const BEGIN = '-----BEGIN '
const DASHES = '-----'
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf'
const MAX_LABEL = 64

/**
 * The blocks in a text that was read byte by byte (latin1). What stands around them is passed over. Linear: each
 * search ends where the next one begins.
 */
export function* pemBlocks(text: string): Generator<PemBlock> {
  const from = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0
  let begin = text.indexOf(BEGIN, from)
  while (begin >= 0) {
    const labelAt = begin + BEGIN.length
    const labelEnd = text.indexOf(DASHES, labelAt)
    if (labelEnd < 0) return
    const label = text.slice(labelAt, Math.min(labelEnd, labelAt + MAX_LABEL + 1))
    if (!beginsLine(text, begin, from) || !isLabel(label)) {
      begin = text.indexOf(BEGIN, labelAt)
      continue
    }
    const bodyAt = labelEnd + DASHES.length
    const bodyEnd = text.indexOf(DASHES, bodyAt)
    const end = bodyEnd < 0 ? text.length : bodyEnd
    yield { label, body: text.slice(bodyAt, end), isClosed: text.startsWith(`-----END ${label}-----`, end) }
    begin = text.indexOf(BEGIN, end)
  }
}

function beginsLine(text: string, at: number, from: number): boolean {
  return at === from || text[at - 1] === '\n' || text[at - 1] === '\r'
}

function isLabel(label: string): boolean {
  return label !== '' && label.length <= MAX_LABEL && !/[\r\n]/.test(label)
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** The bytes of a block; null when it is not closed or not base64. */
export function pemBytes({ body, isClosed }: PemBlock): Buffer | null {
  const base64 = body.replace(/[ \t\r\n]+/g, '')
  return isClosed && base64.length % 4 === 0 && BASE64.test(base64) ? Buffer.from(base64, 'base64') : null
}
