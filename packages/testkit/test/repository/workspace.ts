import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

/** What a package.json says, the names alone. */
export interface Manifest {
  readonly name: string
  readonly exports: readonly string[]
  readonly dependencies: readonly string[]
  readonly devDependencies: readonly string[]
}

/** The workspace's folders, like `packages/text`. */
export function folders(): readonly string[] {
  return ['apps', 'packages'].flatMap((room) =>
    readdirSync(join(ROOT, room), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${room}/${entry.name}`),
  )
}

export function manifest(folder: string): Manifest {
  const json: Partial<Record<'dependencies' | 'devDependencies' | 'exports', object>> & { name: string } = JSON.parse(
    text(`${folder}/package.json`),
  )
  return {
    name: json.name,
    exports: Object.keys(json.exports ?? {}),
    dependencies: Object.keys(json.dependencies ?? {}),
    devDependencies: Object.keys(json.devDependencies ?? {}),
  }
}

/** TypeScript files below a folder of the repository, by their paths from its root. */
export function sources(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
}

/** A file of the repository, by its path from the root. */
export function text(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** Every specifier that a file imports, exports from, or loads. */
export function imported(path: string): readonly string[] {
  const statement =
    /^(?:import|export)\s(?:[^'"`;=]*\sfrom\s+)?'([^']+)'|\b(?:import|require(?:\.resolve)?)\('([^']+)'\)/gm
  return [...text(path).matchAll(statement)].map(([, stated, loaded]) => stated ?? loaded ?? '')
}

/** A relative specifier's target, by its path from the root. */
export function target(path: string, specifier: string): string {
  return relative(ROOT, resolve(join(ROOT, dirname(path)), specifier))
}
