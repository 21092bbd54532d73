import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { cookieOf, hostCookie, type IsSecure } from './session-cookies.ts'

const JOURNEY = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** The path to go to afterwards. */
  next: z.string(),
  /** When it is over, in milliseconds since 1970. */
  ends: z.number(),
})

/** A sign-in that is on its way by the issuer, as the browser carries it. */
type CarriedJourney = Omit<z.infer<typeof JOURNEY>, 'ends'>

export interface JourneyCookie {
  set(request: Request, response: Response, journey: CarriedJourney): void
  /** The journey, which is over with that; null when the request carries none of ours, or it took too long. */
  take(request: Request, response: Response): CarriedJourney | null
}

const COOKIE = 'muster_sign_in'
const JOURNEY_MS = 10 * 60 * 1_000
const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/** Sealed by a key that follows from the secret, so that any process of the dashboard may receive who comes back. */
export function journeyCookie(secret: string, isSecure: IsSecure): JourneyCookie {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'muster dashboard sign-in', 32))
  const cookie = (request: Request) => hostCookie(COOKIE, isSecure(request))
  return {
    set(request, response, journey) {
      const { name, options } = cookie(request)
      const text = JSON.stringify({ ...journey, ends: Date.now() + JOURNEY_MS })
      response.cookie(name, seal(key, text), { ...options, maxAge: JOURNEY_MS })
    },
    take(request, response) {
      const { name, options } = cookie(request)
      response.clearCookie(name, options)
      const text = open(key, cookieOf(request, name) ?? '')
      if (text === null) return null
      const { ends, ...journey } = JOURNEY.parse(JSON.parse(text))
      return ends > Date.now() ? journey : null
    },
  }
}

function seal(key: Buffer, text: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(CIPHER, key, iv)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** Null for what was not sealed with the key. */
function open(key: Buffer, sealed: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length <= IV_BYTES + TAG_BYTES) return null
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}
