import { once } from 'node:events'
import { inTime } from '@muster/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type MaintenanceOptions, runMaintenance, type ScheduledWork } from '../src/index.ts'
import { MAINTENANCE_QUEUE, ticksQueue } from '../src/queues.ts'
import { recorder, recordingLog } from './recorder.ts'
import { type RedisWithClient, redisWithClient } from './redis-with-client.ts'

describe('maintenance', () => {
  let own: RedisWithClient
  const log = recordingLog()
  const running: ScheduledWork[] = []

  beforeAll(async () => {
    own = await redisWithClient()
  })
  afterAll(() => own.stop())
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.close()))
    await own.client.flushall()
  })

  const start = (maintain: MaintenanceOptions['maintain'], everyMs: number) => {
    const maintenance = runMaintenance({ redisUrl: own.redis.url, everyMs, maintain, log })
    running.push(maintenance)
    return maintenance
  }

  it('runs once an interval, however many processes take part, and again after FLUSHALL', async () => {
    const runs = recorder<number>()
    const maintain = async () => runs.add(performance.now())
    for (let processes = 0; processes < 3; processes++) start(maintain, 400)
    await runs.until((seen) => seen.length >= 5)
    expect((runs.seen[4] ?? 0) - (runs.seen[1] ?? 0)).toBeGreaterThan(900)
    await own.client.flushall()
    const before = runs.seen.length
    await runs.until((seen) => seen.length >= before + 3)
  })

  it('goes on after a run that failed, whose message stays out of Redis and the log', async () => {
    const runs = recorder<number>()
    start(async () => {
      runs.add(0)
      if (runs.seen.length < 3) throw new Error('duplicate key "Tanaka Hanako"')
    }, 200)
    await runs.until((seen) => seen.length >= 4)
    const failed = await ticksQueue(MAINTENANCE_QUEUE, own.client).getFailed()
    expect(failed).toHaveLength(2)
    expect(JSON.stringify(failed.map((job) => job.asJSON())) + log.lines.join()).not.toContain('Hanako')
  })

  it('is told to end when the process stops', async () => {
    const begun = recorder<AbortSignal>()
    const maintenance = start(async (signal) => {
      begun.add(signal)
      await once(signal, 'abort')
    }, 60_000)
    await begun.until((seen) => seen.length === 1)
    await inTime(2_000, maintenance.close())
    expect(begun.seen[0]?.aborted).toBe(true)
  })
})
