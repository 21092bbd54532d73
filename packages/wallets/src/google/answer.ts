/** Milliseconds that an exchange with Google may take. */
const TIMEOUT_MS = 12_000

const MAX_ANSWER_BYTES = 64 * 1024

/** What Google said. `json` is null when it is too long, or no JSON. */
export interface GoogleAnswer {
  readonly status: number
  readonly json: unknown
}

/** Google could not be asked, or did not answer in time; the message is a phrase without personal data. */
export class GoogleAway extends Error {}

/** Asks, and reads the answer. Throws a GoogleAway. */
export async function ask(address: string, request: RequestInit): Promise<GoogleAnswer> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const answer = await fetch(address, { ...request, redirect: 'error', signal })
    return { status: answer.status, json: parsed(await beginning(answer)) }
  } catch (error) {
    throw new GoogleAway(`Google cannot be reached (${reason(error)})`)
  }
}

/** A word for the answer: `503`, or `403 PERMISSION_DENIED` where it has a reason that is a word itself. */
export function said({ status, json }: GoogleAnswer): string {
  const error = memberOf(json, 'error')
  const word = typeof error === 'string' ? error : memberOf(error, 'status')
  return typeof word === 'string' && /^\w{1,60}$/.test(word) ? `${status} ${word}` : String(status)
}

export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

async function beginning(answer: Response): Promise<string | null> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of answer.body ?? []) {
    bytes += piece.length
    // Leaving the loop gives the connection up.
    if (bytes > MAX_ANSWER_BYTES) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}

/** `ECONNREFUSED`, `TimeoutError`: what is known of it in a word. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason'
  const code = memberOf(error.cause, 'code') ?? error.name
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : error.name
}
