// Makes a checkout ready to run: installs the packages when they are not those that the lockfile
// names, and builds what has changed. Says nothing when there is nothing to do. Needs Node and npm
// alone. Several may run at once: one works, the others wait for it.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from './lock.mjs'

const OLDEST_NODE = [20, 19]
const STILL_AT_IT_MS = 15_000

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
/** Says what the last completed installation was made of. */
const installed = join(modules, '.muster-installed')

let running = null

async function main() {
  requireNode()
  stopWhenAsked()
  mkdirSync(modules, { recursive: true })
  const prepare = async () => {
    if (!isInstalled()) await install()
    await build()
  }
  await withLock(join(modules, '.muster-prepare.lock'), prepare, () => {
    console.log('Another process is preparing this checkout; waiting for it …')
  })
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return
  throw new Error(
    `Muster needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.version}. Get one at https://nodejs.org.`,
  )
}

/**
 * Ends with its commands when it is told to; and when its parent is gone: npm passes a signal on
 * to its shell alone, and when that has ended nobody waits for this any more.
 */
function stopWhenAsked() {
  const stop = () => {
    // A group, since npx does not pass every signal on to what it runs.
    if (running !== null) process.kill(-running.pid, 'SIGTERM')
    process.exit(1)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop)
  const parent = process.ppid
  setInterval(() => process.ppid === parent || stop(), 500).unref()
}

/** The folders of the workspace, the root's own first. */
function workspaceFolders() {
  const rooms = ['apps', 'packages'].flatMap((room) =>
    readdirSync(join(root, room)).map((name) => join(root, room, name)),
  )
  return [root, ...rooms].filter((folder) => existsSync(join(folder, 'package.json')))
}

function isInstalled() {
  if (!existsSync(installed) || !existsSync(join(modules, '.pnpm'))) return false
  return readFileSync(installed, 'utf8') === wanted() && workspaceFolders().every(hasItsPackages)
}

function hasItsPackages(folder) {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const none = Object.keys({ ...dependencies, ...devDependencies }).length === 0
  return none || existsSync(join(folder, 'node_modules'))
}

/** A digest of all that decides what is installed, this machine's kind included. */
function wanted() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml'].map((name) => join(root, name))
  for (const file of [...files, ...workspaceFolders().map((folder) => join(folder, 'package.json'))]) {
    hash.update(readFileSync(file)).update('\0')
  }
  return `${hash.digest('hex')}\n`
}

async function install() {
  const pnpm = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager
  // First of all, so that an installation cut short is begun again.
  rmSync(installed, { force: true })
  await step('Installing packages', 'npx', ['--yes', pnpm, 'install', '--frozen-lockfile', '--prefer-offline'], {
    advice:
      'The packages could not be installed. Check that the npm registry can be reached (npm ping), then try again. ' +
      'After a change of a package.json, bring the lockfile up to date first: npx ' +
      pnpm +
      ' install',
  })
  writeFileSync(installed, wanted())
}

async function build() {
  const tsc = join(modules, 'typescript', 'bin', 'tsc')
  // tsc -b trusts its own record of what it wrote, also when that was removed since.
  const isWhole = workspaceFolders().every(isBuilt)
  await step(isWhole ? null : 'Building', process.execPath, [tsc, '-b', ...(isWhole ? [] : ['--force'])], {
    advice: 'The build failed; the lines above say where.',
  })
}

/** Every source has its output, up to date or not. */
function isBuilt(folder) {
  const source = join(folder, 'src')
  if (!existsSync(source)) return true
  const sources = readdirSync(source, { recursive: true }).filter((name) => name.endsWith('.ts'))
  return sources.every((name) => existsSync(join(folder, 'dist', name.replace(/\.ts$/, '.js'))))
}

/** Runs a command to its end; its output is shown only when it fails. `title` null: nothing is announced. */
async function step(title, command, args, { advice }) {
  const started = Date.now()
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`
  if (title !== null) console.log(`${title} …`)
  const patience = setInterval(() => console.log(`${title ?? 'Building'} … ${seconds()}`), STILL_AT_IT_MS)
  try {
    // CI: no questions, and no asking whether node_modules may be replaced.
    const env = { ...process.env, CI: 'true' }
    const child = spawn(command, args, { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    if (child.pid !== undefined) running = child
    const output = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => output.push(bytes))
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
    if (code !== 0) throw new Error(`${Buffer.concat(output).toString('utf8').trimEnd()}\n\n${advice}`)
    if (title !== null) console.log(`${title}: done in ${seconds()}`)
  } finally {
    running = null
    clearInterval(patience)
  }
}

main().catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
