import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'
import { form, USERS_CSV } from '../../../forms.ts'
import { read } from '../../../read.ts'
import { runningOperation } from '../../../running-operation.ts'

const SCOPES = ['OPERATIONS:ADD', 'OPERATIONS:VIEW', 'BULKUSERS:ADD']

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi({ watches: { watchesPerTenant: 2 } })
})
afterAll(() => api.stop())

const get = (id: string, headers: Record<string, string> = {}, signal: AbortSignal | null = null) =>
  api.call(`/v1/operations/${id}`, { scopes: SCOPES, headers, signal })

const etagOf = async (id: string) => (await get(id)).headers.get('etag') ?? ''

const running = () => runningOperation(api.pool, api.tenantId)

/** Once that many requests wait. */
const waiting = (count: number) => expect.poll(() => api.services.hub.count).toBe(count)

describe('an operation', () => {
  it('has a weak ETag, by which it is not sent again until it differs', async () => {
    const { id, advance } = await running()
    const first = await get(id)
    expect(first.headers.get('vary')).toContain('Prefer')
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/)
    for (const known of [etag, etag.slice(2), `"x", ${etag}`, '*']) {
      const answer = await get(id, { 'if-none-match': known })
      expect(answer.status).toBe(304)
      expect(answer.headers.get('etag')).toBe(etag)
      expect(await answer.text()).toBe('')
    }
    await advance('succeeded = 1, row_number = 1')
    const changed = await get(id, { 'if-none-match': etag })
    expect(changed.status).toBe(200)
    expect(changed.headers.get('etag')).not.toBe(etag)
  })
})

describe('a request that waits', () => {
  it('is answered when the operation ends, and not when it goes on', async () => {
    const body = form([
      ['type', 'IMPORT_USERS'],
      ['file', ['users.csv', USERS_CSV]],
    ])
    const { id } = await read(await api.call('/v1/operations', { method: 'POST', body, scopes: SCOPES }))
    const answer = get(id, { prefer: 'respond-async, Wait=60' })
    await waiting(1)
    await api.work()
    expect((await answer).headers.get('preference-applied')).toBe('wait=60')
    expect(await read(await answer)).toMatchObject({ state: 'COMPLETED', rows: { total: 2 } })
    await waiting(0)
  })

  it('is answered at once when the operation has ended', async () => {
    const { id, change } = await running()
    await change(`state = 'FAILED', total = 0, ended_at = now()`)
    const answer = await get(id, { prefer: 'wait=60' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('preference-applied')).toBe('wait=60')
    expect((await get(id, { prefer: 'wait=60', 'if-none-match': await etagOf(id) })).status).toBe(304)
  })

  it('is answered when the operation differs from what is known', async () => {
    const { id, change, advance } = await running()
    for (const move of [() => advance('succeeded = 5, row_number = 5'), () => change('paused = true')]) {
      const answer = get(id, { prefer: 'wait=60', 'if-none-match': await etagOf(id) })
      await waiting(1)
      await move()
      expect((await answer).status).toBe(200)
    }
    const other = await get(id, { prefer: 'wait=60', 'if-none-match': '"another"' })
    expect(await read(other)).toMatchObject({ paused: true, rows: { succeeded: 5 } })
  })

  it('is answered when the wait is over', async () => {
    const { id, advance } = await running()
    const began = performance.now()
    const [unknown, known] = await Promise.all([
      get(id, { prefer: 'wait=1' }),
      get(id, { prefer: 'wait="1"', 'if-none-match': await etagOf(id) }),
    ])
    expect(performance.now() - began).toBeGreaterThan(990)
    expect([unknown.status, known.status]).toEqual([200, 304])
    expect(known.headers.get('preference-applied')).toBe('wait=1')
    const answer = get(id, { prefer: 'wait=1' })
    await waiting(1)
    await advance('succeeded = 7, row_number = 7')
    expect(await read(await answer)).toMatchObject({ rows: { succeeded: 7 } })
  })

  it('is told when the operation is deleted meanwhile', async () => {
    const { id, change } = await running()
    const answer = get(id, { prefer: 'wait=60' })
    await waiting(1)
    await change('deleted_at = now()')
    expect((await answer).status).toBe(404)
  })

  it('waits for nobody when its client is gone', async () => {
    const { id } = await running()
    const client = new AbortController()
    const answer = get(id, { prefer: 'wait=60' }, client.signal).catch(() => 'gone')
    await waiting(1)
    client.abort()
    expect(await answer).toBe('gone')
    await waiting(0)
  })

  it('is answered at once, and told so, when too many wait already', async () => {
    const { id, change } = await running()
    const held = [1, 2].map(() => get(id, { prefer: 'wait=60' }))
    await waiting(2)
    const answer = await get(id, { prefer: 'wait=60' })
    expect(answer.status).toBe(200)
    expect(answer.headers.has('preference-applied')).toBe(false)
    await change(`state = 'CANCELLED', total = 0, ended_at = now()`)
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200])
  })
})
