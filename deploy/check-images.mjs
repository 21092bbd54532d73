// Proves without an engine what is in the images: carries out the Dockerfile's own steps on what .dockerignore lets
// through, looks at what came out, and starts each app from its folder alone as docker-compose.yml does: on the image's
// Node, by a user who may write nothing there, with secrets from files, until its health check passes.
//   npm run check:images        (as root, since the last stage's script gives a folder away; Redis as for npm start)

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, startPostgres, startRedis } from '../packages/embedded/dist/index.js'
import { composeService } from './images/compose.mjs'
import { mistakesIn } from './images/contents.mjs'
import { copyContext, environmentOf, readStages } from './images/dockerfile.mjs'
import { S3_KEY, startS3 } from './images/s3.mjs'

const HEALTHY_WITHIN_MS = 30_000
const STOPPED_WITHIN_MS = 20_000

const root = fileURLToPath(new URL('..', import.meta.url))
const compose = join(root, 'docker-compose.yml')
const stages = readStages(join(root, 'Dockerfile'))
const folder = mkdtempSync(join(tmpdir(), 'muster-images-'))
// Other users than root have to get in.
chmodSync(folder, 0o755)
/** What stops the things that run, the latest last. */
const running = []

const interrupted = new Promise((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => reject(new Error(signal)))
})
try {
  await Promise.race([main(), interrupted])
} finally {
  for (const stop of running.reverse()) await stop()
  rmSync(folder, { recursive: true, force: true })
}

async function main() {
  const context = join(folder, 'context')
  copyContext(root, context)
  buildStage('build', context, join(folder, 'build'))
  fetchNode()
  const environment = await startServers()
  for (const app of ['api', 'worker', 'dashboard']) {
    const image = join(folder, app)
    imitateBase(image)
    buildStage('runtime', context, image)
    buildStage(app, context, image)
    const mistakes = mistakesIn(image, join(root, 'pnpm-lock.yaml'))
    if (mistakes.length > 0) throw new Error(`the image ${app}: ${mistakes.join('; ')}`)
    await startApp(app, image, environment)
    console.log(`${app} is healthy`)
  }
  // As one would be asked to: the apps first, the latest first.
  while (running.at(-1)?.app !== undefined) await running.pop()()
}

/** Carries out a stage's COPY and RUN; its WORKDIR is `/muster`, below `image`. */
function buildStage(name, context, image) {
  const workFolder = join(image, 'muster')
  mkdirSync(workFolder, { recursive: true })
  for (const { instruction, words } of stages.find((stage) => stage.name === name).steps) {
    if (instruction === 'COPY') copy(words, context, workFolder)
    if (instruction === 'RUN') run(words, context, image, workFolder)
  }
}

function copy(words, context, workFolder) {
  const [, stage] = words[0].split('--from=')
  // Moved, for what a stage makes goes into one image.
  if (stage !== undefined) {
    renameSync(join(folder, stage, words[1]), resolve(workFolder, words[2]))
    return
  }
  const sources = words.filter((word) => !word.startsWith('--')).slice(0, -1)
  const target = resolve(workFolder, words.at(-1))
  for (const source of sources) {
    const isFolder = statSync(join(context, source)).isDirectory()
    const path = isFolder ? target : join(target, source.split('/').at(-1))
    cpSync(join(context, source), path, { recursive: true })
  }
}

/** A script of ours, in the sources or mounted, whose absolute paths lie in the image. */
function run(words, context, image, workFolder) {
  const mount = Object.fromEntries((words[0].split('--mount=')[1] ?? '').split(',').map((part) => part.split('=')))
  const [command, ...args] = words.filter((word) => !word.startsWith('--'))
  const program = command === mount.target ? join(context, mount.source) : join(workFolder, command)
  const paths = args.map((arg) => (arg.startsWith('/') ? join(image, arg) : arg))
  console.log(`$ ${words.join(' ')}`)
  execFileSync(program, paths, { cwd: workFolder, stdio: ['ignore', 'inherit', 'inherit'] })
}

/** The very version of Node that the images have, in a place that every user may read. */
function fetchNode() {
  const version = /^node:(\d+\.\d+\.\d+)-/.exec(stages[0].base)[1]
  const print = ['--yes', `--package=node@${version}`, '--', 'node', '-p', 'process.execPath']
  cpSync(execFileSync('npx', print, { encoding: 'utf8' }).trim(), join(folder, 'node'))
}

/** The layout of the official Node image. */
function imitateBase(image) {
  mkdirSync(join(image, 'usr/local/lib/node_modules/npm/bin'), { recursive: true })
  mkdirSync(join(image, 'usr/local/bin'))
  linkSync(join(folder, 'node'), join(image, 'usr/local/bin/node'))
  writeFileSync(join(image, 'usr/local/lib/node_modules/npm/bin/npm-cli.js'), '')
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(image, 'usr/local/bin/npm'))
}

/** PostgreSQL, Redis and S3, and the secrets that lead there instead of to the containers. */
async function startServers() {
  execFileSync(join(root, 'deploy/make-secrets.sh'), { cwd: folder })
  const postgres = await startPostgres({ folder: join(folder, 'postgres') })
  running.push(() => postgres.stop())
  const redis = await startRedis({ folder: join(folder, 'redis') })
  running.push(() => redis.stop())
  const s3 = await startS3(root, join(folder, 's3'))
  running.push(s3.stop)
  const replaced = {
    'database-url': postgres.url,
    'redis-url': redis.url,
    's3-access-key-id': S3_KEY,
    's3-secret-access-key': S3_KEY,
  }
  for (const [name, value] of Object.entries(replaced)) {
    rmSync(join(folder, 'secrets', name))
    writeFileSync(join(folder, 'secrets', name), `${value}\n`)
  }
  // The daemon would show each file by itself.
  chmodSync(join(folder, 'secrets'), 0o755)
  return { S3_ENDPOINT: s3.url }
}

async function startApp(app, image, environment) {
  const service = composeService(compose, app)
  const ports = await freePorts(environmentOf(stages, app))
  const env = { ...environmentOf(stages, app), ...service.environment, ...environment, ...ports, HOST: '127.0.0.1' }
  for (const [name, value] of Object.entries(env)) {
    if (value?.startsWith('/run/secrets/')) env[name] = value.replace('/run', folder)
  }
  env.PATH = join(image, 'usr/local/bin')
  const [uid, gid] = service.user.split(':').map(Number)
  const options = { cwd: join(image, 'muster'), env, uid, gid }

  let output = ''
  const child = spawn(join(env.PATH, 'node'), ['dist/main.js'], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += bytes))
  running.push(Object.assign(() => stop(app, child, () => output), { app }))

  const [, program, ...args] = service.healthcheck.test
  const check = args.map((arg) => arg.replaceAll(/:(\d+)\//g, (_, port) => `:${portOf(port, app, ports)}/`))
  const until = Date.now() + HEALTHY_WITHIN_MS
  while (spawnSync(join(env.PATH, program), check, options).status !== 0) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`${app} does not become healthy:\n${output}`)
    await sleep(200)
  }
}

/** A free port for each variable that names one. */
async function freePorts(environment) {
  const names = Object.keys(environment).filter((name) => name.endsWith('PORT'))
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, String(await freePort())])))
}

/** The port that stands for one of the image's. */
function portOf(port, app, ports) {
  const [name] = Object.entries(environmentOf(stages, app)).find(([, value]) => value === port)
  return ports[name]
}

async function stop(app, child, output) {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS)
  const [code, signal] = await exited
  clearTimeout(force)
  if (code !== 0) throw new Error(`${app} ended with ${code ?? signal}:\n${output()}`)
}
