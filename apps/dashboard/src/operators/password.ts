import { randomBytes } from 'node:crypto'
import { hash, parseOptions, verify } from '@node-rs/argon2'

// OWASP's least for argon2id, the library's default algorithm. Stored with each hash, so they can be raised.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

const LEAST_CHARACTERS = 12
const MOST_BYTES = 1_024

/** What is wrong with a password that somebody is to have, as a phrase that begins with *expected*; null for nothing. */
export function passwordProblem(password: string): string | null {
  if ([...canonical(password)].length < LEAST_CHARACTERS) return `expected at least ${LEAST_CHARACTERS} characters`
  return isTooLong(password) ? `expected at most ${MOST_BYTES} bytes` : null
}

/** Its argon2id hash, in the PHC string format. */
export async function hashPassword(password: string): Promise<string> {
  return hash(canonical(password), COST)
}

/**
 * Whether the password is the one that was hashed. With null, where there is no such operator, it takes the same time
 * and answers false, so that time does not tell which operators there are.
 */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  if (isTooLong(password)) return false
  const isRight = await verify(stored ?? (await nobodysHash()), canonical(password))
  return isRight && stored !== null
}

/** True for a hash that was made with less work than one is made now. */
export function isWeakHash(stored: string): boolean {
  const { memoryCost, timeCost } = parseOptions(stored)
  return memoryCost < COST.memoryCost || timeCost < COST.timeCost
}

let nobodys: Promise<string> | undefined

/** Made once a process, when it is needed for the first time or before. */
export function nobodysHash(): Promise<string> {
  nobodys ??= hashPassword(randomBytes(32).toString('base64'))
  return nobodys
}

function isTooLong(password: string): boolean {
  return Buffer.byteLength(canonical(password)) > MOST_BYTES
}

/** The same characters may come as different bytes from different keyboards (NIST SP 800-63B, 3.1.1.2). */
function canonical(password: string): string {
  return password.normalize('NFKC')
}
