import { readFileSync } from 'node:fs'
import type { SettingMistake } from './mistakes.ts'
import { secretNames } from './registry.ts'

/** What an environment gives, secrets from their files included. */
export interface Environment {
  /** By name; a variable that is set but empty is not among them. */
  readonly given: Readonly<Record<string, string>>
  /** Of secrets' files. */
  readonly mistakes: readonly SettingMistake[]
}

/** Reads the files that secrets are given by, such as `SECRETS_KEY_FILE`; a line's end at their end is not theirs. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const given = Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])))
  const mistakes: SettingMistake[] = []
  for (const name of secretNames()) {
    const variable = `${name}_FILE`
    const path = given[variable]
    if (path === undefined) continue
    if (given[name] !== undefined) {
      mistakes.push({ setting: variable, problem: `expected one of ${name} and ${variable}, got both` })
      continue
    }
    try {
      const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
      if (value !== '') given[name] = value
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'no file'
      mistakes.push({ setting: variable, problem: `expected the path of a file that can be read (${code})` })
    }
  }
  return { given, mistakes }
}
