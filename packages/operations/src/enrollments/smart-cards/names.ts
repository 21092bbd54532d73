/**
 * A distinguished name as RFC 4514 writes it, but that values of attributes without a short name are text, not `#hex`.
 *
 * @param multiline as Node writes it: one RDN a line, the most significant first, escaped already
 */
export function distinguishedName(multiline: string): string {
  // Any other + is escaped, and so is any other line feed.
  const rdns = multiline.split('\n').map((rdn) => rdn.split(' + ').reverse().join('+'))
  return rdns.reverse().join(',')
}

/**
 * A certificate's alternative names as `type:value`, such as `email:jane@example.com`, `UPN:jane@example.com` (a user
 * principal name, 1.3.6.1.4.1.311.20.2.3) or `DNS:example.com`. Left out are names of kinds that have no text, and
 * those with NUL, which belong to nobody.
 *
 * @param listed as Node lists them; undefined when there are none
 */
export function alternativeNames(listed: string | undefined): readonly string[] {
  if (!listed) return []
  // A value that holds a comma is quoted, and the comma is \u002c in it: these are the separators, and nothing else is.
  return listed
    .split(', ')
    .map((name) => alternativeName(name))
    .filter((name) => name !== null)
}

const NO_TEXT = /:<(?:unsupported|invalid)[^>]*>$/
const OTHER_NAME = 'othername:'

function alternativeName(listed: string): string | null {
  if (NO_TEXT.test(listed)) return null
  const quote = listed.indexOf(':"') + 1
  const name = quote > 0 && listed.endsWith('"') ? unquoted(listed, quote) : listed
  if (name === null || name.includes('\0')) return null
  return name.startsWith(OTHER_NAME) ? name.slice(OTHER_NAME.length) : name
}

function unquoted(listed: string, quote: number): string | null {
  try {
    return listed.slice(0, quote) + String(JSON.parse(listed.slice(quote)))
  } catch {
    return null
  }
}
