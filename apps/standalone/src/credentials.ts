import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from './atomic-file.ts'
import type { Settings } from './config.ts'
import { StartRefused } from './start-refused.ts'

const CREDENTIALS = z.object({
  clientId: z.string().min(1),
  clientSecret: z.string().min(16),
  operator: z.object({ name: z.string().min(1), password: z.string().min(12) }),
})

/** The first API client and the first operator of the dashboard. */
export type Credentials = z.infer<typeof CREDENTIALS>

/** Where the credentials of a data folder are. */
export function credentialsFile(dataFolder: string): string {
  return join(dataFolder, 'credentials.json')
}

/**
 * The credentials kept in the data folder, made at the first start. What the settings name
 * replaces what is kept. Throws StartRefused when the file is damaged.
 */
export async function keepCredentials(settings: Settings): Promise<Credentials> {
  const path = credentialsFile(settings.dataFolder)
  const kept = await readKept(path)
  const credentials: Credentials = {
    clientId: settings.clientId ?? kept?.clientId ?? 'muster',
    clientSecret: settings.clientSecret ?? kept?.clientSecret ?? newSecret(),
    operator: {
      name: settings.operatorName ?? kept?.operator.name ?? 'operator',
      password: settings.operatorPassword ?? kept?.operator.password ?? newSecret(),
    },
  }
  await writeAtomically(path, `${JSON.stringify(credentials, null, 2)}\n`)
  return credentials
}

/** The key that seals factor secrets: the settings' own, else the one kept in the data folder, made at the first start. */
export async function keepSecretsKey(settings: Settings): Promise<string> {
  if (settings.secretsKey !== null) return settings.secretsKey
  const path = join(settings.dataFolder, 'secrets-key')
  const kept = await readIfThere(path)
  if (kept === null) return makeSecretsKey(path)
  const key = kept.trim()
  if (Buffer.from(key, 'base64').length === 32) return key
  throw new StartRefused(
    `${path} is damaged: it should hold 32 bytes in base64. Restore it from a backup; without it the factor secrets that it sealed cannot be read.`,
  )
}

async function makeSecretsKey(path: string): Promise<string> {
  const key = randomBytes(32).toString('base64')
  await writeAtomically(path, `${key}\n`)
  return key
}

async function readKept(path: string): Promise<Credentials | null> {
  const text = await readIfThere(path)
  if (text === null) return null
  try {
    return CREDENTIALS.parse(JSON.parse(text))
  } catch {
    throw new StartRefused(`${path} is damaged. Restore it, or remove it to get new credentials.`)
  }
}

async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

/** 192 bits, in characters that need no quoting anywhere. */
function newSecret(): string {
  return randomBytes(24).toString('base64url')
}
