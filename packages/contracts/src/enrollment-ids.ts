/** What the id of an enrollment record names. */
export interface EnrollmentId {
  /** The design's, a UUID in lower case. */
  readonly workflowId: string
  /** The record's key within its design. */
  readonly key: string
}

const KEY_FIELD = 'QUICKSTARTPRIMARYKEY'
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i
const BASE64 = /^[A-Za-z\d+/_-]*={0,2}$/

/** The id as it is given out: Base64 in the URL's alphabet, without padding, of JSON with `workflowId` and `whereClause`. */
export function encodeEnrollmentId({ workflowId, key }: EnrollmentId): string {
  return Buffer.from(JSON.stringify({ workflowId, whereClause: { [KEY_FIELD]: key } })).toString('base64url')
}

/** Reads an id in either alphabet of Base64, padded or not; null for what is none. */
export function decodeEnrollmentId(id: string): EnrollmentId | null {
  const json = BASE64.test(id) ? fromBase64(id.replace(/=+$/, '')) : null
  const value = json === null ? null : parsed(json)
  if (!isObject(value) || !isObject(value['whereClause'])) return null
  const { workflowId, whereClause } = value
  const key = whereClause[KEY_FIELD]
  if (typeof workflowId !== 'string' || !UUID.test(workflowId)) return null
  if (typeof key !== 'string' || key === '' || Object.keys(whereClause).length !== 1) return null
  return { workflowId: workflowId.toLowerCase(), key }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

/** The text; null when the bytes are not UTF-8, or the length cannot be one of Base64. */
function fromBase64(unpadded: string): string | null {
  if (unpadded.length % 4 === 1) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(unpadded, 'base64'))
  } catch {
    return null
  }
}
