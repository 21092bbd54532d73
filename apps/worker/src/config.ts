import type { Wallet } from '@muster/engine'
import { fileStoreSetting, incomplete, parseSettings, readEnvironment, type SettingMistake } from '@muster/process'
import { APPLE_SETTINGS, GOOGLE_SETTINGS, readWalletCredentials } from '@muster/wallets'

/** Some settings mean something only together. */
const TOGETHER = [
  ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
  ['SMTP_URL', 'MAIL_FROM'],
  APPLE_SETTINGS,
  GOOGLE_SETTINGS,
]

/** The worker's settings, with what is in the files they name. Throws a SettingsError that tells everything that is wrong. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const environment = readEnvironment(env)
  const { given } = environment
  const { apple, google, mistakes } = readWalletCredentials(given)
  const others = [...incomplete(given, TOGETHER), ...withoutLinks(given), ...mistakes]
  const settings = parseSettings('worker', environment, others)
  const { SMTP_URL: smtpUrl, MAIL_FROM: from, PUBLIC_URL: publicUrl } = settings
  const wallets: readonly Wallet[] = [
    ...(apple === null ? [] : (['apple'] as const)),
    ...(google === null ? [] : (['google'] as const)),
  ]
  return {
    ...settings,
    fileStore: fileStoreSetting(settings),
    retention: {
      awaitingDataHours: settings.AWAITING_DATA_HOURS,
      filesDays: settings.RETENTION_FILES_DAYS,
      recordsDays: settings.RETENTION_RECORDS_DAYS,
    },
    /** How passes are mailed; null where no mail server is set up. */
    mail:
      smtpUrl === undefined || from === undefined || publicUrl === undefined
        ? null
        : { smtpUrl, from, publicUrl, perSecond: settings.MAILS_PER_SECOND },
    /** Those that passes can go to. */
    wallets,
    /** What Apple's passes are signed with; null where it is not set up. */
    apple,
    /** What Google Wallet is told with; null where it is not set up. */
    google,
  }
}

export type WorkerConfig = ReturnType<typeof readConfig>

/** Mails carry links to the API. */
function withoutLinks(given: Readonly<Record<string, string>>): SettingMistake[] {
  if (given['SMTP_URL'] === undefined || given['PUBLIC_URL'] !== undefined) return []
  const problem = 'expected the address of the API for the links in mails, as SMTP_URL is set'
  return [{ setting: 'PUBLIC_URL', problem }]
}
