// Runs what the README tells its reader to do under "One upload, end to end": starts the stack in a
// temporary folder, runs the section's shell blocks there in the order they stand, stops the stack.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const READY_WITHIN_MS = 60_000
const RUN_WITHIN_MS = 60_000
const STOP_WITHIN_MS = 15_000
/** What a reader must have seen at the end. */
const SHOWN = ['"state":"COMPLETED"', 'INVALID_EMAIL', '"status":"COMPLETED"', 'alice', 'SmartCardAuthenticator']

const [start, ...blocks] = shellBlocks('One upload, end to end')
if (start?.trim() !== 'npm start' || blocks.length === 0) throw new Error('the section does not begin with npm start')

const folder = mkdtempSync(join(tmpdir(), 'muster-readme-'))
const stack = startStack()
try {
  await ready()
  const output = await run(blocks.join('\n'))
  const missing = SHOWN.filter((text) => !output.replaceAll(/\s+/g, '').includes(text))
  if (missing.length > 0) throw new Error(`the README's commands did not show ${missing.join(', ')}`)
} finally {
  await stop()
  rmSync(folder, { recursive: true, force: true })
}

function shellBlocks(heading) {
  const section =
    readFileSync(join(root, 'README.md'), 'utf8')
      .split(/^## /m)
      .find((text) => text.startsWith(heading)) ?? ''
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, code]) => code)
}

function startStack() {
  const env = { ...process.env, DATA_DIR: join(folder, '.muster'), PORT: '0', DASHBOARD_PORT: '0' }
  return spawn('npm', ['start', '--silent'], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  })
}

async function ready() {
  const until = Date.now() + READY_WITHIN_MS
  while (!existsSync(join(folder, '.muster', 'run.json'))) {
    if (stack.exitCode !== null || Date.now() > until) throw new Error('npm start did not become ready')
    await sleep(100)
  }
}

/** Runs a script as a reader would, in the folder that holds `.muster`; what it shows is shown and returned. */
async function run(script) {
  const options = { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], timeout: RUN_WITHIN_MS }
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', script], options)
  let output = ''
  shell.stdout.on('data', (bytes) => {
    output += bytes
    process.stdout.write(bytes)
  })
  const [code, signal] = await once(shell, 'close')
  if (code !== 0) throw new Error(`the README's commands ended with ${code ?? signal}`)
  return output
}

async function stop() {
  if (stack.exitCode !== null) return
  const stopped = once(stack, 'exit')
  process.kill(-stack.pid, 'SIGTERM')
  const late = sleep(STOP_WITHIN_MS, 'late', { ref: false })
  if ((await Promise.race([stopped, late])) === 'late') {
    process.kill(-stack.pid, 'SIGKILL')
    throw new Error('npm start did not stop within 15 s')
  }
}
