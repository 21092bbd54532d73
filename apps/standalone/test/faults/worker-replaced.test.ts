import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { brokenMuster } from './broken-muster.ts'
import { eventually } from './eventually.ts'
import { scrape, sum } from './metrics.ts'
import type { Started } from './muster.ts'
import { smartCards } from './smart-cards.ts'
import { lives } from './supervisor.ts'
import { users } from './users-file.ts'

const HANDED_OVER_WITHIN_MS = 5_000
/** The lock's 15 s, the 5 s between two looks for stalled jobs, and some time to claim and commit. */
const TAKEN_OVER_WITHIN_MS = 40_000

describe('a worker in whose place another goes on', () => {
  const kinds = [users, smartCards()]
  const muster = brokenMuster({ WORKERS: '2' })

  /** Resolves when rows were committed after the operation was claimed anew. */
  const takenOver = (started: Started, lease: number, done: number, withinMs: number) =>
    eventually('another worker to commit rows', withinMs, async () => {
      const now = await muster().record(started)
      return now.lease > lease && now.done > done ? now : null
    })

  it.each(kinds)('hands over $title within 5 s on SIGTERM, and exits with 0', async (kind) => {
    const started = await muster().start(kind, `handed-over-${kind.title}`)
    await muster().reached(started, kind.rows * 0.1)
    const pid = await muster().busyWorker()
    const { lease } = await muster().record(started)
    const asked = performance.now()
    process.kill(pid, 'SIGTERM')
    expect(await muster().supervisor.deathOf(pid, HANDED_OVER_WITHIN_MS)).toContain('exited with code 0')
    const { done } = await muster().record(started)
    await takenOver(started, lease, done, HANDED_OVER_WITHIN_MS - (performance.now() - asked))
    await muster().expectExactlyOnce(started)
  })

  it.each(kinds)('writes nothing more of $title when it was stopped past its lock and goes on late', async (kind) => {
    const started = await muster().start(kind, `stopped-${kind.title}`)
    await muster().reached(started, kind.rows * 0.1)
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
    return /25P03|57P05|Connection terminated|is not queryable|lost the lock of an operation/.test(log)
  }
})
