import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { testFolder } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processIdentity } from '../src/process-identity.ts'
import type { Role, Run } from '../src/run-file.ts'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const ROLES: readonly Role[] = ['api', 'dashboard', 'postgres', 'redis', 'worker']

// The stages of one installation's life, in order: each start costs seconds.
describe('npm start', { timeout: 150_000 }, () => {
  let folder: string
  let started: ChildProcess
  const everyPid = new Set<number>()

  beforeAll(async () => {
    folder = join(await testFolder(), 'data')
    started = await startMuster(folder)
  }, 150_000)

  afterAll(async () => {
    started.kill('SIGTERM')
    await exitOf(started)
    for (const pid of everyPid) if (await isAlive(pid)) process.kill(pid, 'SIGKILL')
  })

  it('writes what runs where to run.json, for its owner alone', async () => {
    const run = await readRun()
    expect(Object.keys(run).sort()).toEqual(['api', 'dashboard', 'databaseUrl', 'processes', 'redisUrl'])
    expect(run.processes.map(({ role }) => role).sort()).toEqual(ROLES)
    for (const { pid } of run.processes) expect(await isAlive(pid)).toBe(true)
    expect((await stat(join(folder, 'run.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
  })

  it('serves at the addresses it tells', async () => {
    const { api, dashboard } = await readRun()
    expect((await fetch(`${api}/readyz`)).status).toBe(200)
    expect((await fetch(`${dashboard}/healthz`)).status).toBe(200)
  })

  it('tells where the metrics of each of its processes are', async () => {
    const { processes } = await readRun()
    for (const role of ['api', 'worker', 'dashboard']) {
      const { metrics } = processes.find((each) => each.role === role) ?? {}
      const answer = await fetch(new URL('/metrics', metrics))
      expect(await answer.text()).toContain(`service="${role}"`)
    }
  })

  it('is refused on a folder that is in use', async () => {
    const second = spawnMuster(folder)
    const [words] = await Promise.all([allOf(second.stderr), once(second, 'exit')])
    expect(words).toContain(`${folder} is in use by another Muster (process ${started.pid})`)
    expect(second.exitCode).toBe(1)
    expect((await fetch(`${(await readRun()).api}/healthz`)).status).toBe(200)
  })

  it.each(ROLES)('starts the %s again after kill -9, at the same address, and run.json follows', async (role) => {
    const before = await readRun()
    const killed = pidOf(before, role)
    process.kill(killed, 'SIGKILL')
    await expect.poll(async () => pidOf(await readRun(), role), { timeout: 20_000 }).not.toBe(killed)
    const after = await readRun()
    expect(after).toMatchObject({ api: before.api, databaseUrl: before.databaseUrl, redisUrl: before.redisUrl })
    await expect.poll(() => isReady(after.api), { timeout: 20_000 }).toBe(true)
  })

  it('stops everything within 15 s of SIGTERM', async () => {
    const run = await readRun()
    const began = Date.now()
    started.kill('SIGTERM')
    // As npm does when the signal reached it too.
    started.kill('SIGTERM')
    expect(await exitOf(started)).toBe(0)
    expect(Date.now() - began).toBeLessThan(15_000)
    for (const { pid } of run.processes) expect(await isAlive(pid)).toBe(false)
    await expect(access(join(folder, 'run.json'))).rejects.toThrow('ENOENT')
  })

  it('goes on where it stopped, with the same credentials, also after it was killed itself', async () => {
    const credentials = await readFile(join(folder, 'credentials.json'), 'utf8')
    started = await startMuster(folder)
    const left = await readRun()
    const token = await tokenStatus(left.api, credentials)
    started.kill('SIGKILL')
    await once(started, 'exit')
    started = await startMuster(folder)
    const run = await readRun()
    expect([token, await tokenStatus(run.api, credentials)]).toEqual([200, 200])
    expect(await readFile(join(folder, 'credentials.json'), 'utf8')).toBe(credentials)
    for (const { pid } of left.processes) await expect.poll(() => isAlive(pid), { timeout: 15_000 }).toBe(false)
  })

  async function readRun(): Promise<Run> {
    const run: Run = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))
    for (const { pid } of run.processes) everyPid.add(pid)
    return run
  }
})

function spawnMuster(folder: string): ChildProcess {
  const env = { ...process.env, PORT: '0', DASHBOARD_PORT: '0', DATA_DIR: folder }
  return spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Resolves when everything is ready. */
async function startMuster(folder: string): Promise<ChildProcess> {
  const child = spawnMuster(folder)
  const errors = allOf(child.stderr)
  if (child.stdout === null) throw new Error('no standard output')
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('Muster is ready')) continue
    child.stdout.resume()
    return child
  }
  throw new Error(`Muster did not start: ${await errors}`)
}

async function allOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = ''
  for await (const chunk of stream ?? []) text += String(chunk)
  return text
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

function pidOf(run: Run, role: Role): number {
  return run.processes.find((process) => process.role === role)?.pid ?? 0
}

async function isAlive(pid: number): Promise<boolean> {
  return (await processIdentity(pid)) !== null
}

async function isReady(api: string): Promise<boolean> {
  const answer = await fetch(`${api}/readyz`).catch(() => null)
  // Degraded, without Redis, is ready too.
  return answer?.ok === true && !(await answer.text()).includes('degraded')
}

async function tokenStatus(api: string, credentials: string): Promise<number> {
  const { clientId, clientSecret } = JSON.parse(credentials)
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  })
  return (await fetch(`${api}/oauth/token`, { method: 'POST', body })).status
}
