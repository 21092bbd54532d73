/** What is wrong with a setting. */
export interface SettingMistake {
  readonly setting: string
  /** A phrase that begins with *expected*, without secrets. */
  readonly problem: string
}

/** One or more settings are wrong. The message has a line for each. */
export class SettingsError extends Error {
  constructor(mistakes: readonly SettingMistake[]) {
    const lines = mistakes.map(({ setting, problem }) => `  ${setting}: ${problem}`)
    super(`These settings are wrong; correct them and start again:\n${lines.join('\n')}`)
    this.name = 'SettingsError'
  }
}

/** Of settings that mean something only together, those that lack while others of their group are given. */
export function incomplete(
  given: Readonly<Record<string, unknown>>,
  groups: readonly (readonly string[])[],
): SettingMistake[] {
  return groups.flatMap((group) => {
    const first = group.find((name) => given[name] !== undefined)
    if (first === undefined) return []
    const missing = group.filter((name) => given[name] === undefined)
    return missing.map((setting) => ({ setting, problem: `expected a value, as ${first} has one` }))
  })
}
