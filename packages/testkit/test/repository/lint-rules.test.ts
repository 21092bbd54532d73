import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { folders, ROOT, sources, text } from './workspace.ts'

interface Diagnostic {
  readonly category: string
  readonly severity: string
}

describe('the linter', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-lint-'))
    copyFileSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('finds a promise that nobody waits for', () => {
    write('apps/api/src/a.ts', 'export async function a(): Promise<void> {}\n\nexport function b(): void {\n  a()\n}\n')
    expect(errors()).toEqual(['lint/nursery/noFloatingPromises'])
  })

  it('finds modules that import one another', () => {
    write('apps/api/src/a.ts', "import { b } from './b.ts'\n\nexport const a = () => b\n")
    write('apps/api/src/b.ts', "import { a } from './a.ts'\n\nexport const b = () => a\n")
    expect(errors()).toEqual(['lint/suspicious/noImportCycles', 'lint/suspicious/noImportCycles'])
  })

  it('finds the environment read outside a config.ts', () => {
    const reading = "export const port = process.env['PORT']\n"
    write('apps/api/src/config.ts', reading)
    expect(errors()).toEqual([])
    write('apps/api/src/server.ts', reading)
    expect(errors()).toEqual(['lint/style/noProcessEnv'])
  })

  function write(path: string, contents: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), contents)
  }

  function errors(): readonly string[] {
    const biome = join(ROOT, 'node_modules/.bin/biome')
    const args = ['lint', '--vcs-enabled=false', '--reporter=json', '.']
    const { stdout } = spawnSync(biome, args, { cwd: folder, encoding: 'utf8' })
    const { diagnostics }: { diagnostics: readonly Diagnostic[] } = JSON.parse(stdout)
    return diagnostics.filter(({ severity }) => severity === 'error').map(({ category }) => category)
  }
})

describe('the environment', () => {
  it('is read in config.ts files alone, by whatever name', () => {
    const reading = /process\s*\.\s*env\b|process\[['"]env|\benv\b[^\n]*from 'node:process'/
    const readers = folders()
      .flatMap((folder) => sources(`${folder}/src`))
      .filter((file) => reading.test(text(file)))
    expect(readers.filter((file) => !file.endsWith('/config.ts'))).toEqual([])
  })
})
