import { z } from 'zod'
import type { Environment } from './environment.ts'
import { type SettingMistake, SettingsError } from './mistakes.ts'
import { type SettingsOf, settingsReadBy } from './registry.ts'
import type { App, Setting } from './setting.ts'

/**
 * The settings that an app reads. Throws a SettingsError that tells every mistake, values of secrets excepted.
 *
 * @param others what was found to be wrong elsewhere, to be told with the rest
 */
export function parseSettings<A extends App>(
  app: A,
  { given, mistakes }: Environment,
  others: readonly SettingMistake[] = [],
): SettingsOf<A> {
  const settings = settingsReadBy(app)
  const result = z.object(schemas(app, settings)).safeParse(given)
  const issues = (result.error?.issues ?? []).map(({ path, message }) => {
    const name = String(path[0])
    return { setting: name, problem: `${message}, got ${shown(settings[name], given[name])}` }
  })
  const all = [...issues, ...mistakes, ...others]
  if (!result.success || all.length > 0) throw new SettingsError(all)
  // The schema is put together at run time from the very declarations that the type is made of.
  return result.data as SettingsOf<A>
}

/** Without a value of its own, `npm start` makes what a process by itself must be given. */
function schemas(app: App, settings: Readonly<Record<string, Setting>>): Record<string, z.ZodType> {
  const entries = Object.entries(settings).map(([name, { schema }]) => {
    const isNeeded = !schema.safeParse(undefined).success
    return [name, app === 'standalone' && isNeeded ? schema.optional() : schema] as const
  })
  return Object.fromEntries(entries)
}

function shown(setting: Setting | undefined, value: string | undefined): string {
  if (value === undefined) return 'nothing'
  return setting?.isSecret ? 'something else (not shown)' : JSON.stringify(value)
}
