import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { Refusal } from '../refusal.ts'

// scrypt (RFC 7914) with 8 MiB for a quarter of a second's work or so. Stored with each hash, so they can be raised.
const COST = { N: 8_192, r: 8, p: 10 } as const
const SALT_BYTES = 16
const HASH_BYTES = 32

// Each takes 8 MiB and a thread: two at once keep memory flat, whoever asks.
const AT_ONCE = 2
const WAITING_AT_MOST = 64

/** The secret's hash as it is stored: `scrypt$N$r$p$salt$hash`, the last two in base64url. */
export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(secret, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/**
 * Whether the secret is the one that was hashed. With null, where there is no such client, it takes
 * the same time and answers false, so that time does not tell which clients there are.
 * Throws a Refusal when too many ask at once.
 */
export async function isSecret(secret: string, stored: string | null): Promise<boolean> {
  const { cost, salt, hash } = parse(stored ?? NOBODY)
  const derived = await derive(secret, salt, cost)
  return timingSafeEqual(derived, hash) && stored !== null
}

const NOBODY = [
  'scrypt',
  COST.N,
  COST.r,
  COST.p,
  Buffer.alloc(SALT_BYTES).toString('base64url'),
  Buffer.alloc(HASH_BYTES).toString('base64url'),
].join('$')

interface Cost {
  readonly N: number
  readonly r: number
  readonly p: number
}

function parse(stored: string): { cost: Cost; salt: Buffer; hash: Buffer } {
  const [scheme, N, r, p, salt, hash] = stored.split('$')
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined) {
    throw new Error("a client's stored secret is not a hash of ours")
  }
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  }
}

let running = 0
const waiting: (() => void)[] = []

async function derive(secret: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  await place()
  try {
    return await new Promise((resolve, reject) => {
      const options = { ...cost, maxmem: 256 * cost.N * cost.r }
      scrypt(secret.normalize('NFC'), salt, HASH_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)))
    })
  } finally {
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }
}

/** Waits for one of the places; who leaves hands the place on. */
async function place(): Promise<void> {
  if (running < AT_ONCE) {
    running++
    return
  }
  if (waiting.length >= WAITING_AT_MOST) {
    throw new Refusal('too-many-requests', 'Too many tokens are being asked for; try again in some seconds.', {
      headers: { 'Retry-After': '5' },
    })
  }
  await new Promise<void>((resolve) => waiting.push(resolve))
}
