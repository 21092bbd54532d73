import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ROOT } from './workspace.ts'

/** Where packages resolve as they do for a room's own sources, and where git and the linters do not look. */
const NEIGHBOURHOOD = join(ROOT, 'packages/database/node_modules')

describe('the inside of a package', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(NEIGHBOURHOOD, '.deep-imports-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('cannot be imported, neither source nor build', () => {
    expect(compile("import '@muster/engine/src/secret-box.ts'")).toContain('TS2882')
    expect(compile("import { SecretBox } from '@muster/engine/src/secret-box.ts'\nnew SecretBox([])")).toContain(
      'TS2307',
    )
    expect(compile("import { SecretBox } from '@muster/engine/dist/secret-box.js'\nnew SecretBox([])")).toContain(
      'TS2307',
    )
    expect(compile("import { ENCODINGS } from '@muster/contracts/encodings'\nENCODINGS.at(0)")).toContain('TS2307')
  })

  it('is reached through what the package exports', () => {
    expect(compile("import { SecretBox } from '@muster/engine'\nnew SecretBox([])")).toBe('')
    expect(compile("import { LeaseLost } from '@muster/engine/ports'\nnew LeaseLost()")).toBe('')
  })

  /** What the compiler says of a file with this text. */
  function compile(text: string): string {
    writeFileSync(join(folder, 'room.ts'), text)
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: join(ROOT, 'tsconfig.base.json'),
        compilerOptions: {
          composite: false,
          declaration: false,
          noEmit: true,
          rootDir: ROOT,
          typeRoots: [join(ROOT, 'node_modules/@types')],
          customConditions: ['muster-source'],
        },
        files: ['room.ts'],
      }),
    )
    const { stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder], { cwd: ROOT, encoding: 'utf8' })
    return stdout
  }
})
