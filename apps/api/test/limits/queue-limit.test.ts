import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../api-under-test.ts'
import { form, USERS_CSV } from '../forms.ts'
import { read } from '../read.ts'

const SCOPES = ['OPERATIONS:ADD', 'OPERATIONS:VIEW', 'OPERATIONS:EDIT', 'BULKUSERS:ADD']
const ID360_SCOPES = ['id360.quick_enrollment.CREATE']
const FULL =
  '3 operations of yours await their data or a worker, which is the limit; try again when some of them have begun, or cancel some.'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi({ limits: { queuedOperations: 3, operationsInFlight: 2 } })
})
afterAll(() => api.stop())
beforeEach(() => api.pool.query('truncate operations, lanes, operation_history, idempotency_keys'))

const upload = (headers: Record<string, string> = {}, tenant = 'default') => {
  const body = form([
    ['type', 'IMPORT_USERS'],
    ['file', ['users.csv', USERS_CSV]],
  ])
  return api.call('/v1/operations', { method: 'POST', body, scopes: SCOPES, headers, tenant })
}
const announce = () =>
  api.call('/v1/operations', {
    method: 'POST',
    body: JSON.stringify({ type: 'IMPORT_USERS' }),
    headers: { 'content-type': 'application/json' },
    scopes: SCOPES,
  })
const fill = async () => {
  for (const answer of [await upload(), await upload(), await announce()]) expect(answer.status).toBe(201)
}

describe('a tenant with as many operations queued as it may have', () => {
  it('is told so, and when to try again, whichever way it creates one; nothing stays behind', async () => {
    await fill()
    const before = await api.stored()
    for (const answer of [await upload(), await announce()]) {
      expect(answer.status).toBe(429)
      expect(answer.headers.get('retry-after')).toBe('10')
      expect(await read(answer)).toMatchObject({ type: 'urn:muster:problem:too-many-requests', detail: FULL })
    }
    expect(await api.stored()).toEqual(before)
  })

  it('is told so in the words of ID360', async () => {
    await fill()
    const answer = await api.call('/api/v1/protection/quick-enrollment/upload-csv', {
      method: 'POST',
      body: form([['file', ['users.csv', USERS_CSV]]]),
      scopes: ID360_SCOPES,
    })
    expect(answer.status).toBe(429)
    expect(answer.headers.get('retry-after')).toBe('10')
    expect(await read(answer)).toMatchObject({ error: { code: '00000109', detail: FULL } })
  })

  it('does not concern another tenant, and may create more when some have begun', async () => {
    await fill()
    expect((await upload({}, 'other')).status).toBe(201)
    await api.work()
    expect((await upload()).status).toBe(201)
  })

  it('gets the answer again to what it has sent with an Idempotency-Key before', async () => {
    const first = await upload({ 'Idempotency-Key': '"a"' })
    expect(first.status).toBe(201)
    await upload()
    await announce()
    const again = await upload({ 'Idempotency-Key': '"a"' })
    expect(again.status).toBe(201)
    expect((await read(again)).id).toBe((await read(first)).id)
    expect((await upload({ 'Idempotency-Key': '"b"' })).status).toBe(429)
  })

  it('may send what was refused with an Idempotency-Key again, once there is room', async () => {
    await fill()
    expect((await upload({ 'Idempotency-Key': '"c"' })).status).toBe(429)
    await api.work()
    expect((await upload({ 'Idempotency-Key': '"c"' })).status).toBe(201)
  })
})

interface WaitingOrEnded {
  readonly queue: { readonly place: number | null; readonly reason: string } | null
  readonly endedAt: string
  readonly expiresAt: { readonly files: string; readonly record: string }
}

async function waitingOrEnded(id: string): Promise<WaitingOrEnded> {
  const answer = await api.call(`/v1/operations/${id}`, { scopes: SCOPES })
  return (await answer.json()) as WaitingOrEnded
}

describe('an operation that waits', () => {
  it('tells its place, and why it waits', async () => {
    await fill()
    const { rows } = await api.pool.query<{ id: string }>('select id from operations order by number')
    const ids = rows.map(({ id }) => id)
    const queueOf = async (id = '') => (await waitingOrEnded(id)).queue
    expect(await queueOf(ids[0])).toEqual({ place: 1, reason: 'It waits for a worker.' })
    expect(await queueOf(ids[1])).toEqual({ place: 2, reason: 'It waits for a worker.' })
    expect(await queueOf(ids[2])).toBeNull()
    await api.call(`/v1/operations/${ids[0]}/pause`, { method: 'POST', scopes: SCOPES })
    expect(await queueOf(ids[0])).toEqual({ place: null, reason: 'It is paused; it goes on when it is resumed.' })
    expect(await queueOf(ids[1])).toEqual({ place: 1, reason: 'It waits for a worker.' })
  })
})

describe('an operation that has ended', () => {
  it('tells when its files and its record go', async () => {
    const { id } = await read(await upload())
    await api.work()
    const get = () => waitingOrEnded(id)
    const { endedAt, expiresAt, queue } = await get()
    const days = (time: string) => (Date.parse(time) - Date.parse(endedAt)) / 86_400_000
    expect([days(expiresAt.files), days(expiresAt.record)]).toEqual([30, 90])
    expect(queue).toBeNull()
    await api.pool.query('update operations set files_removed_at = now()')
    expect((await get()).expiresAt).toEqual({ files: null, record: expiresAt.record })
  })
})
