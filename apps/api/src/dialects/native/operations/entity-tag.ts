import { createHash } from 'node:crypto'

/** A weak entity tag (RFC 9110, section 8.8.3) of a JSON value: the same for what is written the same. */
export function entityTag(value: unknown): string {
  return `W/"${createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22)}"`
}

/** Whether an If-None-Match names the tag, compared weakly (RFC 9110, section 13.1.2). */
export function isAmong(tag: string, ifNoneMatch: string): boolean {
  if (ifNoneMatch.trim() === '*') return true
  return Array.from(ifNoneMatch.matchAll(/"[^"]*"/g), ([opaque]) => opaque).includes(tag.slice(2))
}
