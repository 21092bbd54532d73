import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

// The built files: a plain Node process cannot load the sources.
const lifecycle = new URL('../dist/index.js', import.meta.url).href
const program = (body: string) => [
  '--input-type=module',
  '--eval',
  `import { onStop, run, tellReady } from ${JSON.stringify(lifecycle)}
  const idle = setInterval(() => {}, 1e6)
  ${body}`,
]

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started) child.kill('SIGKILL')
})

function start(body: string): ChildProcess {
  // What is forked is given by --eval; the module path only has to be there.
  const child = fork(fileURLToPath(lifecycle), { execArgv: program(body), stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  started.push(child)
  return child
}

const exitCode = async (child: ChildProcess) => ((await once(child, 'exit')) as [number | null])[0]

describe('a process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('tells that it is ready, and stops once on %s with 0', async (signal) => {
    const child = start(`
      let stops = 0
      onStop(async () => { if (++stops > 1) process.exit(9); await new Promise((done) => setTimeout(done, 50)) })
      tellReady('http://127.0.0.1:1', 'http://127.0.0.1:2')`)
    expect((await once(child, 'message'))[0]).toEqual({
      ready: true,
      url: 'http://127.0.0.1:1',
      metrics: 'http://127.0.0.1:2',
    })
    child.kill(signal)
    child.kill(signal)
    expect(await exitCode(child)).toBe(0)
  })

  it('stops when its supervisor is gone', async () => {
    const child = start(`onStop(async () => {}); tellReady('x')`)
    await once(child, 'message')
    child.disconnect()
    expect(await exitCode(child)).toBe(0)
  })

  it('ends with 1 when it cannot stop properly', async () => {
    const child = start(`onStop(async () => { throw new Error('no') }); tellReady('x')`)
    await once(child, 'message')
    child.kill('SIGTERM')
    expect(await exitCode(child)).toBe(1)
  })

  it('prints why it does not start, wrong settings without a stack', async () => {
    const child = start(
      `run(async () => { throw Object.assign(new Error('PORT: expected'), { name: 'SettingsError' }) })`,
    )
    const [output] = (await once(child.stderr ?? child, 'data')) as [Buffer]
    expect(output.toString()).toBe('PORT: expected\n')
    expect(await exitCode(child)).toBe(1)
  })
})
