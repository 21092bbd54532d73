import { EventEmitter, once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inTime, testFolder } from '@muster/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startNodeProcess } from '../src/node-process.ts'
import { SupervisedProcess } from '../src/supervised-process.ts'

const PROGRAM = fileURLToPath(new URL('./fixtures/program.mjs', import.meta.url))

describe('a supervised process', () => {
  it('is started again after kill -9, at once and under a new process id', async () => {
    const { supervised, changes, said } = await supervise({ PORT: '7' })
    expect(await supervised.start()).toBe('http://127.0.0.1:7')
    const first = supervised.pid ?? 0
    const changed = once(changes, 'change')
    process.kill(first, 'SIGKILL')
    await changed
    expect(supervised.pid).not.toBe(first)
    expect(isAlive(supervised.pid)).toBe(true)
    expect(said[0]).toBe(`worker (process ${first}) was killed by SIGKILL`)
  })

  it('is started again however often it dies', async () => {
    const { supervised, changes } = await supervise({})
    await supervised.start()
    for (let death = 0; death < 3; death++) {
      const changed = once(changes, 'change')
      process.kill(supervised.pid ?? 0, 'SIGKILL')
      await changed
    }
    expect(isAlive(supervised.pid)).toBe(true)
  })

  it('makes the first start fail with its last words when it dies at once', async () => {
    const { supervised } = await supervise({ BEHAVIOUR: 'die' })
    await expect(supervised.start()).rejects.toThrow('exited with code 3:\nthe last words')
  })

  it('is gone after stop, and stays so', async () => {
    const { supervised } = await supervise({})
    await supervised.start()
    const pid = supervised.pid
    await supervised.stop()
    expect(isAlive(pid)).toBe(false)
    expect(supervised.pid).toBe(pid)
  })

  it('is not started again when stop comes while it waits for its next life', async () => {
    const { supervised, said } = await supervise({})
    await supervised.start()
    const pid = supervised.pid ?? 0
    process.kill(pid, 'SIGKILL')
    await supervised.stop()
    expect(isAlive(pid)).toBe(false)
    expect(said.filter((line) => line.includes('started again'))).toEqual([])
  })

  it('is killed when it does not stop by itself', { timeout: 20_000 }, async () => {
    const { supervised } = await supervise({ BEHAVIOUR: 'stubborn' })
    await supervised.start()
    await inTime(10_000, supervised.stop())
    expect(isAlive(supervised.pid)).toBe(false)
  })

  it('is a group of its own, out of reach of the terminal', async () => {
    const { supervised } = await supervise({})
    await supervised.start()
    expect(() => process.kill(-(supervised.pid ?? 0), 0)).not.toThrow()
  })

  it('writes what it prints to its log', async () => {
    const { supervised, log } = await supervise({ SAY: 'good morning' })
    await supervised.start()
    await supervised.stop()
    await expect.poll(() => readFile(log, 'utf8')).toBe('good morning\n')
  })
})

async function supervise(env: NodeJS.ProcessEnv) {
  const log = join(await testFolder(), 'worker.log')
  const changes = new EventEmitter()
  const said: string[] = []
  const supervised = new SupervisedProcess({
    name: 'worker',
    start: () => startNodeProcess({ main: PROGRAM, env, flags: [], log }),
    say: (line) => said.push(line),
    onChange: () => changes.emit('change'),
  })
  onTestFinished(() => supervised.stop())
  return { supervised, changes, said, log }
}

function isAlive(pid: number | null): boolean {
  try {
    process.kill(pid ?? Number.NaN, 0)
    return true
  } catch {
    return false
  }
}
