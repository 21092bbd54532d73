import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { brokenMuster } from './broken-muster.ts'
import { eventually } from './eventually.ts'
import { scrape, sum } from './metrics.ts'
import type { Import } from './muster.ts'
import { lives } from './supervisor.ts'

const ROWS = 200_000
const HANDED_OVER_WITHIN_MS = 5_000
/** The lock's 15 s, the 5 s between two looks for stalled jobs, and some time to claim and commit. */
const TAKEN_OVER_WITHIN_MS = 40_000

describe('a worker in whose place another goes on', () => {
  const muster = brokenMuster({ WORKERS: '2' })

  /** Resolves when rows were committed after the operation was claimed anew. */
  const takenOver = (started: Import, lease: number, done: number, withinMs: number) =>
    eventually('another worker to commit rows', withinMs, async () => {
      const now = await muster().record(started)
      return now.lease > lease && now.done > done ? now : null
    })

  it('hands over within 5 s on SIGTERM, and exits with 0', async () => {
    const started = await muster().startImport('handed-over-', ROWS)
    await muster().reached(started, ROWS * 0.1)
    const pid = await muster().busyWorker()
    const { lease } = await muster().record(started)
    const asked = performance.now()
    process.kill(pid, 'SIGTERM')
    expect(await muster().supervisor.deathOf(pid, HANDED_OVER_WITHIN_MS)).toContain('exited with code 0')
    const { done } = await muster().record(started)
    await takenOver(started, lease, done, HANDED_OVER_WITHIN_MS - (performance.now() - asked))
    await muster().expectExactlyOnce(started)
  })

  it('writes nothing more when it was stopped past its lock and goes on late', async () => {
    const started = await muster().startImport('stopped-', ROWS)
    await muster().reached(started, ROWS * 0.1)
    const pid = await muster().busyWorker()
    process.kill(pid, 'SIGSTOP')
    try {
      const { lease, done } = await muster().record(started)
      await takenOver(started, lease, done, TAKEN_OVER_WITHIN_MS)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await eventually('the late write to be refused', 20_000, async () => ((await lateWriteRefused(pid)) ? true : null))
    await muster().expectExactlyOnce(started)
    expect(lives(pid)).toBe(true)
    expect((await muster().supervisor.entries('worker')).map((entry) => entry.pid)).toContain(pid)
  })

  /** By the lease, or by the server, which ends a transaction that nobody goes on with. */
  const lateWriteRefused = async (pid: number): Promise<boolean> => {
    const entries = await muster().supervisor.entries('worker')
    const index = entries.findIndex((entry) => entry.pid === pid)
    const text = await scrape(entries[index]?.metrics ?? '')
    if (sum(text, 'muster_lost_leases_total') > 0) return true
    const log = await readFile(join(muster().supervisor.dataFolder, 'logs', `worker-${index + 1}.log`), 'utf8')
    return /25P03|57P05|Connection terminated|lost the lock of an operation/.test(log)
  }
})
