/**
 * True when an Accept header (RFC 9110 §12.5.1) asks for JSON rather than for another media type, which is what is
 * sent when it does not care.
 */
export function prefersJson(accept: string | null, other: string): boolean {
  return weight(accept, 'application/json') > weight(accept, other)
}

/** 0 to 1: what the most exact range that the type is in says. */
function weight(accept: string | null, type: string): number {
  const ranges = (accept ?? '').split(',').map((range) => range.split(';').map((part) => part.trim().toLowerCase()))
  for (const wanted of [type, type.replace(/\/.*/, '/*'), '*/*']) {
    const range = ranges.find(([name]) => name === wanted)
    if (range !== undefined) return Number(range.find((part) => /^q=[\d.]+$/.test(part))?.slice(2) ?? 1)
  }
  return 0
}
