const MAX_LENGTH = 200

/** Of what a server says, no more is looked at: what it can make us do is bounded. */
const MAX_READ = 2_000

/**
 * What a server answered, or what went wrong on the way, as one line of at most 200 characters in which addresses are
 * replaced by `…`: whatever holds an `@` or stands in angle brackets, and the name before the `@` of the mail's own.
 *
 * @param to the mail's address, null when it is about none
 */
export function reply(text: string, to: string | null): string {
  const line = firstCharacters(text)
    // The code is repeated on every line (RFC 5321 §4.2.1), and so is the enhanced one (RFC 2034 §4).
    .replace(/^(\d{3})-/, '$1 ')
    .replace(/\r?\n\d{3}[ -](?:\d\.\d+\.\d+ )?/g, ' ')
    .replace(/[\p{C}\s]+/gu, ' ')
    .replace(/<[^>]*>?/g, '…')
    .replace(/"[^"]*"(?=@|%40|＠)/gi, '')
    .replace(/[^ ]*(?:@|%40|＠)[^ ]*/gi, '…')
  const redacted = to === null ? line : withoutName(line, to.slice(0, to.lastIndexOf('@')))
  const short = redacted.trim()
  return short.length > MAX_LENGTH ? `${short.slice(0, MAX_LENGTH - 1)}…` : short
}

/** A word that is cut may be an address without its `@`: it is left out. */
function firstCharacters(text: string): string {
  return text.length > MAX_READ ? text.slice(0, MAX_READ).replace(/\S*$/, '') : text
}

function withoutName(line: string, name: string): string {
  if (name === '') return line
  const literally = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  return line.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literally}(?![\\p{L}\\p{N}])`, 'giu'), '…')
}
