import type { z } from 'zod'
import { ACCESS, DASHBOARD_SIGN_IN, OUTSIDE_TOKENS } from './access.ts'
import { DATA, S3 } from './data.ts'
import { LIMITS, RETENTION } from './limits.ts'
import { LISTENING } from './listening.ts'
import { MAILS } from './mails.ts'
import type { App, Setting } from './setting.ts'
import { WALLETS } from './wallets.ts'

/** Every setting, by the heading that it stands under where settings are described. */
export const SETTING_GROUPS = {
  'Where things listen': LISTENING,
  'Where data is': DATA,
  'A store that speaks S3': S3,
  'Secrets, and who comes in first': ACCESS,
  'Signing in to the dashboard': DASHBOARD_SIGN_IN,
  'Tokens of an outside issuer': OUTSIDE_TOKENS,
  Wallets: WALLETS,
  Mails: MAILS,
  'Limits and tuning': LIMITS,
  'How long things are kept': RETENTION,
} as const

const SETTINGS = {
  ...LISTENING,
  ...DATA,
  ...S3,
  ...ACCESS,
  ...DASHBOARD_SIGN_IN,
  ...OUTSIDE_TOKENS,
  ...WALLETS,
  ...MAILS,
  ...LIMITS,
  ...RETENTION,
} as const

type Settings = typeof SETTINGS

/** Names of the settings that an app reads. */
type NameOf<A extends App> = {
  [N in keyof Settings]: A extends Settings[N]['readBy'][number] ? N : never
}[keyof Settings]

/** Schemas of the settings that an app reads. `npm start` can do without any of them. */
type Schemas<A extends App> = {
  [N in NameOf<A>]: A extends 'standalone' ? Optional<Settings[N]['schema']> : Settings[N]['schema']
}

type Optional<S extends z.ZodType> = undefined extends z.input<S> ? S : z.ZodOptional<S>

/** What an app gets of its settings. */
export type SettingsOf<A extends App> = { [N in NameOf<A>]: z.output<Schemas<A>[N]> }

/** The settings that an app reads, by their names. */
export function settingsReadBy(app: App): Readonly<Record<string, Setting>> {
  const entries: [string, Setting][] = Object.entries(SETTINGS)
  return Object.fromEntries(entries.filter(([, { readBy }]) => readBy.includes(app)))
}

/** True for a name that some app reads, or by which a secret's file is given. */
export function isSettingName(name: string): boolean {
  if (name in SETTINGS) return true
  const ofSecret = name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : ''
  return secretNames().includes(ofSecret)
}

/** Names of the settings that may be given by a file. */
export function secretNames(): string[] {
  const entries: [string, Setting][] = Object.entries(SETTINGS)
  return entries.filter(([, { isSecret }]) => isSecret).map(([name]) => name)
}
