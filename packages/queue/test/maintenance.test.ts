import { once } from 'node:events'
import { type TestRedis, testRedis } from '@muster/testkit'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type MaintenanceOptions, runMaintenance, type ScheduledWork } from '../src/index.ts'
import { MAINTENANCE_QUEUE, ticksQueue } from '../src/queues.ts'
import { recorder, recordingLog } from './recorder.ts'

describe('maintenance', () => {
  let redis: TestRedis
  let client: Redis
  const log = recordingLog()
  const running: ScheduledWork[] = []

  beforeAll(async () => {
    redis = await testRedis()
    client = new Redis(redis.url, { maxRetriesPerRequest: null })
  })
  afterAll(async () => {
    client.disconnect()
    await redis.stop()
  })
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.close()))
    await client.flushall()
  })

  const start = (maintain: MaintenanceOptions['maintain'], everyMs: number) => {
    const maintenance = runMaintenance({ redisUrl: redis.url, everyMs, maintain, log })
    running.push(maintenance)
    return maintenance
  }

  it('runs once an interval, however many processes take part, and again after FLUSHALL', async () => {
    const runs = recorder<number>()
    const maintain = async () => runs.add(performance.now())
    for (let processes = 0; processes < 3; processes++) start(maintain, 400)
    await runs.until((seen) => seen.length >= 5)
    expect((runs.seen[4] ?? 0) - (runs.seen[1] ?? 0)).toBeGreaterThan(900)
    await client.flushall()
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
    const failed = await ticksQueue(MAINTENANCE_QUEUE, client).getFailed()
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
    await maintenance.close()
    expect(begun.seen[0]?.aborted).toBe(true)
  })
})
