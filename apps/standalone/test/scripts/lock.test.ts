import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testFolder } from '@muster/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'

const LOCK = new URL('../../../../scripts/lock.mjs', import.meta.url).href

describe('the lock of a checkout', () => {
  it('lets one process in at a time, and everyone in the end', async () => {
    const folder = await testFolder()
    const visits = Array.from({ length: 6 }, () => run(folder, "note('in'); await sleep(30); note('out')"))
    await Promise.all(visits.map((visit) => once(visit, 'exit')))
    expect(await readFile(join(folder, 'notes'), 'utf8')).toBe('in\nout\n'.repeat(6))
  })

  it('is free again when its holder was killed', async () => {
    const folder = await testFolder()
    const holder = run(folder, "note('in'); console.log('holding'); await sleep(60_000)")
    await once(holder.stdout ?? holder, 'data')
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    await once(run(folder, "note('next')"), 'exit')
    expect(await readFile(join(folder, 'notes'), 'utf8')).toBe('in\nnext\n')
  })
})

/** A process of its own that does this while it holds the lock. */
function run(folder: string, work: string): ChildProcess {
  const program = `
    import { appendFileSync } from 'node:fs'
    import { setTimeout as sleep } from 'node:timers/promises'
    import { withLock } from ${JSON.stringify(LOCK)}
    const note = (line) => appendFileSync(${JSON.stringify(join(folder, 'notes'))}, line + '\\n')
    await withLock(${JSON.stringify(join(folder, 'lock'))}, async () => { ${work} })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}
