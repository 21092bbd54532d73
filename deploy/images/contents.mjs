// What must not be in an image.

import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join, relative } from 'node:path'

const TOOLS = /^(typescript|vitest|vite|rolldown|knip|esbuild|playwright-core|oidc-provider|s3rver|@biomejs\+.*)@/

/** What is wrong with an image, as sentences. The app lies in its folder `muster`; `lockfile` is a path. */
export function mistakesIn(image, lockfile) {
  const others = readdirSync(join(image, 'usr/local/bin')).filter((name) => name !== 'node')
  if (existsSync(join(image, 'usr/local/lib/node_modules'))) others.push('npm')
  return [...others.map((name) => `${name} is there beside node`), ...mistakesInApp(join(image, 'muster'), lockfile)]
}

function mistakesInApp(folder, lockfile) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = entries.map((entry) => join(entry.parentPath, entry.name))
  const packages = readdirSync(join(folder, 'node_modules', '.pnpm'))
  const locked = readFileSync(lockfile, 'utf8')
  return [
    ...packages.filter((name) => !isLocked(name, locked)).map((name) => `${name} is not in the lockfile`),
    ...packages.filter((name) => TOOLS.test(name)).map((name) => `${name} is a tool for building or testing`),
    ...paths
      .filter((path) => leadsOut(path, folder))
      .map((path) => `${relative(folder, path)} leads out of the folder`),
    ...ownFolders(folder)
      .flatMap((own) => ['src', 'test', 'tsconfig.json'].map((name) => join(own, name)))
      .filter((path) => existsSync(path))
      .map((path) => `${relative(folder, path)} is only for those who build`),
  ]
}

/** A folder of the store is named for its package and version, then perhaps for what it was put together with. */
function isLocked(name, locked) {
  const [, scope = '', rest, version] = /^(@[^+]+\+)?([^@]+)@([^_]+)/.exec(name) ?? []
  if (rest === undefined || scope === '@muster+') return true
  const key = `${scope.replace('+', '/')}${rest}@${version}`
  return locked.includes(`\n  ${key}:\n`) || locked.includes(`\n  '${key}':\n`)
}

function leadsOut(path, folder) {
  if (!lstatSync(path).isSymbolicLink()) return false
  return !existsSync(path) || !realpathSync(path).startsWith(`${realpathSync(folder)}/`)
}

/** The app's folder and those of our packages in it. */
function ownFolders(folder) {
  const store = join(folder, 'node_modules', '.pnpm')
  const ours = readdirSync(store).filter((name) => name.startsWith('@muster+'))
  return [folder, ...ours.map((name) => join(store, name, 'node_modules', '@muster', name.split(/[+@]/)[2]))]
}
