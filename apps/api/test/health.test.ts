import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import { read } from './read.ts'

let storeWorks = true
let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi({
    files: (disk) => ({ ...disk, check: () => (storeWorks ? disk.check() : Promise.reject(new Error('read-only'))) }),
  })
})
afterAll(() => api.stop())

const ready = async () => {
  const answer = await api.fetch('/readyz')
  return { httpStatus: answer.status, ...(await read(answer)) }
}

describe('readiness', () => {
  it('is given when everything works', async () => {
    expect(await ready()).toEqual({
      httpStatus: 200,
      status: 'ready',
      checks: { postgres: 'up', fileStore: 'up', redis: 'up' },
    })
  })

  it('is not given without a file store', async () => {
    storeWorks = false
    expect(await ready()).toMatchObject({ httpStatus: 503, status: 'unready', checks: { fileStore: 'down' } })
    storeWorks = true
  })

  it('is degraded, but given, without Redis', async () => {
    await api.redis.stop()
    await expect
      .poll(ready, { timeout: 10_000 })
      .toMatchObject({ httpStatus: 200, status: 'degraded', checks: { redis: 'down' } })
  })

  it('is not given without PostgreSQL, though the process is alive', async () => {
    await api.pool.query('alter role current_user valid until now()').catch(() => undefined)
    const { services } = api
    const query = services.pool.query
    services.pool.query = () => Promise.reject(new Error('away'))
    expect(await ready()).toMatchObject({ httpStatus: 503, status: 'unready', checks: { postgres: 'down' } })
    services.pool.query = query
    expect((await api.fetch('/healthz')).status).toBe(200)
  })
})
