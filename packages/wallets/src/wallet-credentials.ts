import { type AppleCredentials, readAppleCredentials } from './apple/apple-credentials.ts'
import { type GoogleCredentials, readGoogleCredentials } from './google/google-credentials.ts'
import { type SettingMistake, SettingMistakes } from './setting-files.ts'

/** What passes are signed with. */
export interface WalletCredentials {
  /** Null where there are none, or they are wrong. */
  readonly apple: AppleCredentials | null
  readonly google: GoogleCredentials | null
  readonly mistakes: readonly SettingMistake[]
}

/**
 * Reads and checks the files that the settings `APPLE_…` and `GOOGLE_…` name. Of a wallet whose settings are not all
 * given nothing is read; that some are given and others are not is for the reader of settings to tell.
 *
 * @param settings by their names; one that is empty counts as not given
 */
export function readWalletCredentials(settings: Readonly<Record<string, string | undefined>>): WalletCredentials {
  const [ofApple, ofGoogle] = [new SettingMistakes(), new SettingMistakes()]
  const apple = readAppleCredentials(settings, ofApple)
  const google = readGoogleCredentials(settings, ofGoogle)
  return { apple, google, mistakes: [...ofApple.all, ...ofGoogle.all] }
}
