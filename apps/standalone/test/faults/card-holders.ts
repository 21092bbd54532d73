import { writeFile } from 'node:fs/promises'

/** What the ids and addresses of all users begin with who get certificates, and nothing else does. */
export const HOLDER = 'cardholder-'
/** Two users have it. */
export const TWINS = `${HOLDER}twin@example.com`

/** The address of the user of that number, from 1. */
export function addressOf(n: number): string {
  return `${HOLDER}${n}@example.com`
}

/** The plainest name of a file for that user. */
export function nameOf(n: number): string {
  return `${addressOf(n)}.cer`
}

/** A certificate in PEM (RFC 7468). */
export function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** Writes a file of so many users, and of two more that are the twins. */
export async function writeHolders(path: string, count: number): Promise<void> {
  const lines = Array.from({ length: count }, (_, index) => `${HOLDER}${index + 1},${addressOf(index + 1)}`)
  const twins = ['a', 'b'].map((which) => `${HOLDER}${which},${TWINS}`)
  await writeFile(path, `${['userId,email', ...lines, ...twins].join('\n')}\n`)
}
