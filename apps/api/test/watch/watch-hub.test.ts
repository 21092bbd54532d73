import { createLogger } from '@muster/telemetry'
import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { News } from '../../src/watch/watch.ts'
import { WatchHub, type WatchLimits } from '../../src/watch/watch-hub.ts'
import { runningOperation } from '../running-operation.ts'

const LOG = createLogger({ service: 'api', level: 'error' })
const MINUTE = 60_000

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

const hubOf = (limits: Partial<WatchLimits> = {}) => new WatchHub(database.pool, LOG, limits)
const running = () => runningOperation(database.pool, database.tenantId)
const succeededIn = (news: News | undefined) => (news?.kind === 'look' ? news.look.operation.succeeded : null)

describe('the watch hub', () => {
  it('looks after all that is watched with one query, and after nothing when nobody watches', async () => {
    const operations = await Promise.all([1, 2, 3].map(running))
    const hub = hubOf()
    const client = new AbortController()
    const query = vi.spyOn(database.pool, 'query')
    try {
      const watches = [...operations, ...operations].map(({ number }) =>
        hub.watch(database.tenantId, BigInt(number), client.signal),
      )
      for (let look = 0; look < 3; look++) {
        const news = await Promise.all(watches.map((watch) => watch?.next(MINUTE)))
        expect(news.map((each) => each?.kind)).toEqual(watches.map(() => 'look'))
      }
      // The first watch is looked after before the others come.
      const looks = query.mock.calls.length
      expect(looks).toBeLessThanOrEqual(4)
      client.abort()
      expect(hub.count).toBe(0)
      const late = hub.watch(database.tenantId, 0n, AbortSignal.abort())
      expect(await late?.next(MINUTE)).toEqual({ kind: 'over' })
      expect(query.mock.calls.length).toBeLessThanOrEqual(looks + 1)
    } finally {
      query.mockRestore()
      hub.close()
    }
  })

  it('gives a slow watcher the newest look, and tells when there is none', async () => {
    const { number, advance } = await running()
    const hub = hubOf()
    const { signal } = new AbortController()
    const [slow, quick] = [1, 2].map(() => hub.watch(database.tenantId, BigInt(number), signal))
    await quick?.next(MINUTE)
    await advance('succeeded = 9')
    let seen = 0
    while (seen < 9) seen = succeededIn(await quick?.next(MINUTE)) ?? 0
    expect(succeededIn(await slow?.next(MINUTE))).toBe(9)
    expect(await slow?.next(0)).toEqual({ kind: 'none' })
    hub.close()
  })

  it('tells of an operation that was deleted', async () => {
    const { number, change } = await running()
    const hub = hubOf()
    const watch = hub.watch(database.tenantId, BigInt(number), new AbortController().signal)
    await watch?.next(MINUTE)
    await change('deleted_at = now()')
    let news = await watch?.next(MINUTE)
    while (news?.kind === 'look') news = await watch?.next(MINUTE)
    expect(news).toEqual({ kind: 'gone' })
    hub.close()
  })

  it('has as many watchers as may be, of one tenant and of all, and takes others when some stop', () => {
    const hub = hubOf({ watches: 3, watchesPerTenant: 2 })
    const { signal } = new AbortController()
    const watch = (tenant: number) => hub.watch(tenant, 1n, signal)
    const first = watch(1)
    expect([first, watch(1), watch(1), watch(2), watch(2)].map((each) => each !== null)).toEqual([
      true,
      true,
      false,
      true,
      false,
    ])
    first?.stop()
    first?.stop()
    expect(hub.count).toBe(2)
    expect(watch(2)).not.toBeNull()
    hub.close()
    expect(hub.count).toBe(0)
  })

  it('ends every watch when it closes, those to come too', async () => {
    const { number } = await running()
    const hub = hubOf()
    const { signal } = new AbortController()
    const news = hub.watch(database.tenantId, BigInt(number), signal)?.next(MINUTE)
    hub.close()
    expect(await news).toEqual({ kind: 'over' })
    expect(await hub.watch(database.tenantId, BigInt(number), signal)?.next(MINUTE)).toEqual({ kind: 'over' })
  })
})
