import { randomUUID } from 'node:crypto'
import { insertOperation } from '@muster/database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'
import { form, USERS_CSV } from '../../../forms.ts'
import { read } from '../../../read.ts'

const SCOPES = ['OPERATIONS:VIEW', 'OPERATIONS:ADD', 'OPERATIONS:EDIT', 'BULKUSERS:ADD']

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

async function created(): Promise<string> {
  const body = form([
    ['type', 'IMPORT_USERS'],
    ['file', ['users.csv', USERS_CSV]],
  ])
  const { id } = await read(await api.call('/v1/operations', { method: 'POST', body, scopes: SCOPES }))
  return id
}

/** An operation whose data is to come. */
async function awaitingData(): Promise<string> {
  const id = randomUUID()
  const { pool, tenantId } = api
  const asked = { type: 'IMPORT_USERS', name: 'x', options: null, source: null, createdBy: 'test' } as const
  await insertOperation(pool, { ...asked, id, tenantId })
  return id
}

const post = (
  id: string,
  control: string,
  options: { scopes?: readonly string[]; tenant?: string; body?: object } = {},
) =>
  api.call(`/v1/operations/${id}/${control}`, {
    method: 'POST',
    scopes: options.scopes ?? SCOPES,
    ...(options.tenant && { tenant: options.tenant }),
    ...(options.body && { body: JSON.stringify(options.body), headers: { 'Content-Type': 'application/json' } }),
  })
const get = async (path: string) => (await api.call(path, { scopes: SCOPES })).json()

interface History {
  readonly history: readonly object[]
  readonly next: string | null
}

async function historyAt(path: string): Promise<History> {
  return (await get(path)) as History
}

describe('the life of an operation', () => {
  it('is told from its creation to its end: who, when, from, to and why', async () => {
    const id = await created()
    const paused = await post(id, 'pause', { body: { reason: ' The directory is being moved. ' } })
    expect(paused.status).toBe(200)
    expect(await paused.json()).toMatchObject({
      state: 'SCHEDULED',
      paused: true,
      reason: 'The directory is being moved.',
    })
    expect(await (await post(id, 'resume')).json()).toMatchObject({ paused: false, reason: 'It was resumed.' })
    await api.work()
    const { history, next } = await historyAt(`/v1/operations/${id}/history`)
    expect(next).toBeNull()
    expect(history).toEqual(
      [
        { by: 'test', from: null, to: 'SCHEDULED', paused: false, reason: 'It was created with its data.' },
        { by: 'test', from: 'SCHEDULED', to: 'SCHEDULED', paused: true, reason: 'The directory is being moved.' },
        { by: 'test', from: 'SCHEDULED', to: 'SCHEDULED', paused: false, reason: 'It was resumed.' },
        { by: 'worker', from: 'SCHEDULED', to: 'PROCESSING', paused: false, reason: 'A worker took it up.' },
        { by: 'worker', from: 'PROCESSING', to: 'COMPLETED', paused: false, reason: 'Every row has its outcome.' },
      ].map((change) => ({ id: expect.stringMatching(/^\d+$/), at: expect.any(String), ...change })),
    )

    const pages = [await historyAt(`/v1/operations/${id}/history?limit=2`)]
    for (let path = pages[0]?.next; path; path = pages.at(-1)?.next) pages.push(await historyAt(path))
    expect(pages.map((page) => page.history.length)).toEqual([2, 2, 1])
    expect(pages.flatMap((page) => page.history)).toEqual(history)
  })

  it('ends when it is cancelled, paused or not, and without data too', async () => {
    const [scheduled, paused, without] = [await created(), await created(), await awaitingData()]
    await post(paused, 'pause')
    expect(await (await post(scheduled, 'cancel', { body: {} })).json()).toMatchObject({
      state: 'CANCELLED',
      reason: 'It was cancelled before a worker took it up.',
      endedAt: expect.any(String),
    })
    expect(await (await post(paused, 'cancel', { body: { reason: 'The wrong file.' } })).json()).toMatchObject({
      state: 'CANCELLED',
      paused: false,
      reason: 'The wrong file.',
    })
    expect(await (await post(without, 'cancel')).json()).toMatchObject({
      state: 'CANCELLED',
      reason: 'It was cancelled before its data was complete.',
      rows: { total: 0, unprocessed: 0 },
    })
    await api.work()
    const { rows } = await api.pool.query(
      'select count(*)::int as users from users where operation_number in (select number from operations where state = $1)',
      ['CANCELLED'],
    )
    expect(rows).toEqual([{ users: 0 }])
  })
})

describe('a control', () => {
  it.each<[string, readonly string[], string, boolean]>([
    ['cancel', ['cancel'], 'CANCELLED', false],
    ['pause', ['cancel'], 'CANCELLED', false],
    ['resume', ['cancel'], 'CANCELLED', false],
    ['pause', ['pause'], 'SCHEDULED', true],
    ['resume', [], 'SCHEDULED', false],
    ['resume', ['pause', 'resume'], 'SCHEDULED', false],
  ])(
    'that makes no sense is refused with the state, and changes nothing: %s after %j',
    async (control, before, state, paused) => {
      const id = await created()
      for (const each of before) expect((await post(id, each)).status).toBe(200)
      const history = await get(`/v1/operations/${id}/history`)
      const answer = await post(id, control)
      expect(answer.status).toBe(409)
      expect(await answer.json()).toMatchObject({ state, paused, detail: expect.stringContaining(state) })
      expect(await get(`/v1/operations/${id}/history`)).toEqual(history)
    },
  )

  it('cannot pause what awaits its data', async () => {
    const id = await awaitingData()
    const answer = await post(id, 'pause')
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ state: 'AWAITING_DATA', paused: false })
  })

  it('needs its permission, and an operation of the tenant', async () => {
    const id = await created()
    expect((await post(id, 'cancel', { scopes: SCOPES.filter((scope) => scope !== 'OPERATIONS:EDIT') })).status).toBe(
      403,
    )
    expect((await post(id, 'cancel', { tenant: 'another' })).status).toBe(404)
    expect((await post(randomUUID(), 'cancel')).status).toBe(404)
    expect((await post('1', 'cancel')).status).toBe(404)
    expect(await get(`/v1/operations/${id}`)).toMatchObject({ state: 'SCHEDULED' })
  })

  it.each<object>([{ reason: 'x'.repeat(501) }, { reason: ' ' }, { reason: 'a\0b' }, { reason: 1 }, { why: 'x' }, []])(
    'is not carried out for a body like %j',
    async (body) => {
      const id = await created()
      expect((await post(id, 'cancel', { body })).status).toBe(400)
      expect(await get(`/v1/operations/${id}`)).toMatchObject({ state: 'SCHEDULED' })
    },
  )

  it('asks to come back when a worker does not let go of the operation', async () => {
    const id = await created()
    const worker = await api.pool.connect()
    await worker.query('begin')
    await worker.query('select from operations where id = $1 for update', [id])
    const answer = await post(id, 'cancel')
    await worker.query('rollback')
    worker.release()
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await get(`/v1/operations/${id}`)).toMatchObject({ state: 'SCHEDULED' })
  })
})
