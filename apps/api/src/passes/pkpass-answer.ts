import type { Answer } from '../dialects/route.ts'

export const PKPASS = 'application/vnd.apple.pkpass'

/** A `.pkpass` as an attachment, for nobody to keep on the way. */
export function pkpassAnswer(pkpass: Uint8Array, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status: 200,
    headers: {
      'Content-Type': PKPASS,
      'Content-Length': String(pkpass.length),
      'Content-Disposition': 'attachment; filename="pass.pkpass"',
      'Cache-Control': 'no-store',
      ...headers,
    },
    body: once(pkpass),
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
