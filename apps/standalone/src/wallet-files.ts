import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { APPLE_SETTINGS, GOOGLE_SETTINGS, selfMadeAppleFiles, selfMadeGoogleKeyFile } from '@muster/wallets'
import { writeAtomically } from './atomic-file.ts'
import type { Settings } from './config.ts'

/** What the processes that sign passes get beside what is given. */
export interface WalletFiles {
  /** Of what Muster has made, by the settings' names. */
  readonly settings: Readonly<Record<string, string>>
  /** Wallets whose phones do not accept the passes, as Muster has made what signs them. */
  readonly selfMade: readonly ('Apple' | 'Google')[]
}

const PASS_TYPE_ID = 'pass.muster.self-made'
const TEAM_ID = 'SELFMADE00'
const ISSUER_ID = '0'

/** For wallets without settings: what is kept in the data folder, made at the first start, for its owner alone. */
export async function keepWalletFiles({ given, dataFolder }: Settings): Promise<WalletFiles> {
  const selfMade = [
    ...(APPLE_SETTINGS.every((name) => given[name] === undefined) ? ['Apple' as const] : []),
    ...(GOOGLE_SETTINGS.every((name) => given[name] === undefined) ? ['Google' as const] : []),
  ]
  const made = await Promise.all([
    selfMade.includes('Apple') ? keepApple(join(dataFolder, 'apple-passes')) : {},
    selfMade.includes('Google') ? keepGoogle(join(dataFolder, 'google-passes')) : {},
  ])
  return { settings: Object.assign({}, ...made), selfMade }
}

async function keepApple(folder: string): Promise<Record<string, string>> {
  await keep(folder, async () => {
    const { certificate, key, wwdrCertificate } = await selfMadeAppleFiles(PASS_TYPE_ID, TEAM_ID)
    return { 'certificate.pem': certificate, 'key.pem': key, 'authority.pem': wwdrCertificate }
  })
  return {
    APPLE_PASS_TYPE_ID: PASS_TYPE_ID,
    APPLE_TEAM_ID: TEAM_ID,
    APPLE_PASS_CERTIFICATE_FILE: join(folder, 'certificate.pem'),
    APPLE_PASS_KEY_FILE: join(folder, 'key.pem'),
    APPLE_WWDR_CERTIFICATE_FILE: join(folder, 'authority.pem'),
  }
}

async function keepGoogle(folder: string): Promise<Record<string, string>> {
  await keep(folder, async () => ({ 'key.json': await selfMadeGoogleKeyFile() }))
  return { GOOGLE_WALLET_ISSUER_ID: ISSUER_ID, GOOGLE_WALLET_KEY_FILE: join(folder, 'key.json') }
}

/** Makes the folder with its files, all at once, unless it is there. */
async function keep(folder: string, make: () => Promise<Readonly<Record<string, string>>>): Promise<void> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  )
  if (isThere) return
  const draft = `${folder}.new`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  for (const [name, content] of Object.entries(await make())) await writeAtomically(join(draft, name), content)
  await rename(draft, folder)
}
