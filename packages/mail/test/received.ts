/** A mail's headers, unfolded and decoded, by their lower-case names, and its parts' texts by their types. */
export interface ReadMail {
  readonly headers: ReadonlyMap<string, string>
  readonly parts: ReadonlyMap<string, string>
}

/** Reads what the mailer made, as RFC 5322, 2045, 2046 and 2047 have it. */
export function readMail(message: string): ReadMail {
  const { headers, body } = split(message)
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1]
  const parts = body.split(`--${boundary}`).slice(1, -1)
  return { headers, parts: new Map(parts.map((part) => readPart(part.replace(/^\r\n/, '')))) }
}

function readPart(part: string): [string, string] {
  const { headers, body } = split(part)
  const type = /^[^;]+/.exec(headers.get('content-type') ?? '')?.[0] ?? ''
  return [type, decoded(body, headers.get('content-transfer-encoding') ?? '7bit').trimEnd()]
}

function split(text: string): { headers: ReadonlyMap<string, string>; body: string } {
  const end = text.indexOf('\r\n\r\n')
  const lines = text
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), words(line.slice(colon + 1).trim())]
  })
  return { headers: new Map(headers), body: text.slice(end + 4) }
}

function words(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi, (_, kind, word) =>
      kind.toUpperCase() === 'B' ? decoded(word, 'base64') : decoded(word.replaceAll('_', ' '), 'quoted-printable'),
    )
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
  if (encoding !== 'quoted-printable') return body
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
