import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

/**
 * The tokens by which passes ask for news of themselves. They are made from the pass's serial number and a secret, so
 * that nothing is stored; one is good for as long as its secret is among those given.
 */
export interface AuthenticationTokens {
  /** 43 characters of Base64 in the URL's alphabet. */
  of(serial: string): string
  /** Takes the same time whatever the token is. */
  isGood(serial: string, token: string): boolean
}

/** @param secrets of which the first makes tokens, and all of them know their own again */
export function authenticationTokens(secrets: readonly Uint8Array[]): AuthenticationTokens {
  const keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'Apple pass authentication', 32)))
  const [first] = keys
  if (first === undefined) throw new RangeError('at least one secret is needed')
  return {
    of: (serial) => token(first, serial),
    isGood: (serial, given) =>
      keys.map((key) => isSame(key, token(key, serial), given)).reduce((one, other) => one || other),
  }
}

function token(key: Buffer, serial: string): string {
  return createHmac('sha256', key).update(serial).digest('base64url')
}

/** Compares what is as long whatever was given. */
function isSame(key: Buffer, one: string, other: string): boolean {
  const digest = (text: string) => createHmac('sha256', key).update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
