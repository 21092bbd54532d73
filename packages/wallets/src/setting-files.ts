import { readFileSync } from 'node:fs'

/** The value of a setting is wrong, or the file that it names. */
export interface SettingMistake {
  readonly setting: string
  /** A phrase that begins with *expected*, without secrets. */
  readonly problem: string
}

/** Gathers the mistakes of settings, so that all of them can be told. */
export class SettingMistakes {
  readonly all: SettingMistake[] = []

  tell(setting: string, problem: string): void {
    this.all.push({ setting, problem })
  }

  /** The file's bytes; null, and told, when it cannot be read. */
  file(setting: string, path: string): Buffer | null {
    try {
      return readFileSync(path)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'no file'
      this.tell(setting, `expected the path of a file that can be read (${code})`)
      return null
    }
  }
}
