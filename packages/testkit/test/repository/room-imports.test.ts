import { describe, expect, it } from 'vitest'
import { ROOMS } from './rooms.ts'
import { folders, imported, manifest, sources, target } from './workspace.ts'

const OURS = '@muster/'
const rooms = Object.entries(ROOMS)

describe('the rooms', () => {
  it('are the folders that exist', () => {
    expect([...folders()].sort()).toEqual(Object.keys(ROOMS).sort())
  })

  it('are named for their folders', () => {
    for (const folder of folders()) expect(manifest(folder).name).toBe(`${OURS}${folder.split('/')[1]}`)
  })

  it('show their index alone, the engine its ports beside it, and apps their entry', () => {
    for (const folder of folders()) {
      const allowed = folder.startsWith('apps/') ? ['./main'] : folder === 'packages/engine' ? ['.', './ports'] : ['.']
      expect(manifest(folder).exports, folder).toEqual(allowed)
    }
  })
})

describe('the sources', () => {
  it('are searched for everything they import', () => {
    const files = folders().flatMap((folder) => sources(`${folder}/src`))
    expect(files.length).toBeGreaterThan(100)
    const found = new Set(files.flatMap(imported))
    for (const specifier of ['@muster/engine/ports', '@muster/contracts', 'pg', 'node:crypto', './turn.ts']) {
      expect(found).toContain(specifier)
    }
  })
})

describe.each(rooms)('%s', (folder, room) => {
  const allowed = new Set(room.imports.map(packageOf))
  const { dependencies, devDependencies } = manifest(folder)

  it('depends on the rooms it may, and on no others', () => {
    expect(dependencies.filter((name) => name.startsWith(OURS) && !allowed.has(name))).toEqual([])
  })

  it('depends on the libraries it may', () => {
    const others = dependencies.filter((name) => !name.startsWith(OURS))
    expect(others.filter((name) => room.libraries?.includes(name) === false)).toEqual([])
  })

  it('needs the test kit for its tests alone', () => {
    const tools = devDependencies.filter((name) => name.startsWith(OURS) && !allowed.has(name))
    expect(tools.filter((name) => name !== '@muster/testkit')).toEqual([])
    expect(folder === 'packages/testkit' ? [] : dependencies.filter((name) => name === '@muster/testkit')).toEqual([])
  })

  it('imports what it may, from where it may', () => {
    const wrong = sources(`${folder}/src`).flatMap((file) =>
      imported(file)
        .filter((specifier) => !isAllowed(specifier, file, folder, room.imports))
        .map((specifier) => `${file} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
  })

  it('imports only what its package.json declares', () => {
    const declared = new Set(dependencies)
    const wrong = sources(`${folder}/src`).flatMap((file) =>
      imported(file)
        .filter((specifier) => !/^(\.|node:)/.test(specifier) && !declared.has(packageOf(specifier)))
        .filter((specifier) => !devDependencies.includes(packageOf(specifier)) || folder !== 'packages/testkit')
        .map((specifier) => `${file} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
  })
})

/** `@muster/engine` of `@muster/engine/ports`, `pg` of `pg/lib/x`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function isAllowed(specifier: string, file: string, folder: string, imports: readonly string[]): boolean {
  if (specifier.startsWith('.')) return target(file, specifier).startsWith(`${folder}/`)
  return !specifier.startsWith(OURS) || imports.includes(specifier)
}
