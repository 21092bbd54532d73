/** A path on this site, `/` for anything else: a sign-in must not lead elsewhere. */
export function safePath(value: unknown): string {
  if (typeof value !== 'string' || !value.startsWith('/')) return '/'
  const url = URL.canParse(value, 'http://here') ? new URL(value, 'http://here') : null
  return url?.host === 'here' ? `${url.pathname}${url.search}` : '/'
}
