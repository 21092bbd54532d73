import { createPool } from '@muster/database'
import { inTime } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'
import { eventsOf, type StreamEvent, until } from '../../../event-stream.ts'
import { form, USERS_CSV } from '../../../forms.ts'
import { read } from '../../../read.ts'
import { runningOperation } from '../../../running-operation.ts'

const SCOPES = ['OPERATIONS:ADD', 'OPERATIONS:VIEW', 'BULKUSERS:ADD']

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi({ watches: { watchesPerTenant: 3 } })
})
afterAll(() => api.stop())

interface OpenStream {
  readonly answer: Response
  readonly events: AsyncGenerator<StreamEvent>
  /** The client goes away. */
  leave(): void
}

async function open(
  id: string,
  {
    from = api,
    tenant = 'default',
    ...headers
  }: { from?: ApiUnderTest; tenant?: string; 'last-event-id'?: string } = {},
): Promise<OpenStream> {
  const client = new AbortController()
  const answer = await from.call(`/v1/operations/${id}/events`, {
    scopes: SCOPES,
    tenant,
    headers,
    signal: client.signal,
  })
  return { answer, events: eventsOf(answer), leave: () => client.abort() }
}

async function collect(events: AsyncGenerator<StreamEvent>): Promise<readonly StreamEvent[]> {
  const all: StreamEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

async function upload(from = api): Promise<string> {
  const body = form([
    ['type', 'IMPORT_USERS'],
    ['file', ['users.csv', USERS_CSV]],
  ])
  return (await read(await from.call('/v1/operations', { method: 'POST', body, scopes: SCOPES }))).id
}

const running = () => runningOperation(api.pool, api.tenantId)

const isState = (to: string) => (event: StreamEvent) => event.event === 'state' && event.data?.to === to
const isProgress = (event: StreamEvent) => event.event === 'progress'
const stateIds = (events: readonly StreamEvent[]) => events.flatMap(({ id }) => (id === null ? [] : [id]))

describe('a stream of events', () => {
  it("tells an operation's whole life and ends with it", async () => {
    const id = await upload()
    const { answer, events } = await open(id)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-accel-buffering')).toBe('no')
    const before = await until(events, isState('SCHEDULED'))
    expect(before.map(({ retry, event }) => retry ?? event)).toEqual(['2000', 'progress', 'state'])
    expect(before[1]?.data).toEqual({
      state: 'SCHEDULED',
      paused: false,
      rows: { total: null, succeeded: 0, unchanged: 0, failed: 0, unprocessed: null, resolved: 0 },
      rowsPerSecond: null,
      estimatedEnd: null,
    })
    expect(before[2]?.data).toEqual({
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      by: 'test',
      from: null,
      to: 'SCHEDULED',
      paused: false,
      reason: 'It was created with its data.',
    })
    await api.work()
    const after = await collect(events)
    expect(after.filter(({ event }) => event === 'state').map(({ data }) => data?.to)).toEqual([
      'PROCESSING',
      'COMPLETED',
    ])
    expect(after.at(-1)).toMatchObject({ event: 'progress', data: { state: 'COMPLETED', rows: { total: 2 } } })
  })

  it('goes on after the last event that was received, and is over for good when there is no more', async () => {
    const id = await upload()
    await api.work()
    const [created, ...later] = stateIds(await collect((await open(id)).events))
    expect(later).toHaveLength(2)
    const rest = await collect((await open(id, { 'last-event-id': created ?? '' })).events)
    expect(stateIds(rest)).toEqual(later)
    const { answer } = await open(id, { 'last-event-id': later[1] ?? '' })
    expect(answer.status).toBe(204)
    expect((await open(id, { 'last-event-id': 'x' })).answer.status).toBe(400)
  })

  it('estimates how fast it goes and when it ends, once that is known', async () => {
    const operation = await running()
    const { events, leave } = await open(operation.id)
    let isOver = false
    const moving = (async () => {
      while (!isOver) await operation.advance('succeeded = succeeded + 1, row_number = row_number + 1, byte = byte + 9')
    })()
    const told = (await until(events, ({ data }) => typeof data?.rowsPerSecond === 'number')).filter(isProgress)
    isOver = true
    await moving
    leave()
    expect(told[0]?.data).toMatchObject({ rowsPerSecond: null, estimatedEnd: null })
    expect(told.at(-1)?.data?.rowsPerSecond).toBeGreaterThan(0)
    expect(Date.parse(told.at(-1)?.data?.estimatedEnd ?? '')).toBeGreaterThan(Date.now())
  })

  it('tells of a pause, and waits for the rows of a cancelled operation to be counted', async () => {
    const operation = await running()
    const { events } = await open(operation.id)
    await until(events, isState('PROCESSING'))
    await operation.change('paused = true')
    const paused = (await until(events, ({ data }) => data?.paused === true)).at(-1)
    expect(paused).toMatchObject({ event: 'state', data: { from: 'PROCESSING', to: 'PROCESSING', reason: 'because' } })
    await operation.change(`paused = false, state = 'CANCELLED', ended_at = now()`)
    await until(events, isState('CANCELLED'))
    await operation.change('total = 1000')
    expect((await collect(events)).at(-1)?.data).toMatchObject({ state: 'CANCELLED', rows: { total: 1_000 } })
  })

  it('ends when the operation is deleted', async () => {
    const operation = await running()
    const { events } = await open(operation.id)
    await until(events, isState('PROCESSING'))
    await operation.change('deleted_at = now()')
    expect((await collect(events)).filter(({ event }) => event === 'state')).toEqual([])
    expect((await open(operation.id)).answer.status).toBe(404)
  })

  it('stops when its client goes, and holds nothing for a request for its headers alone', async () => {
    const operation = await running()
    const { events, leave } = await open(operation.id)
    await until(events, isState('PROCESSING'))
    expect(api.services.hub.count).toBe(1)
    leave()
    await expect.poll(() => api.services.hub.count).toBe(0)
    const headers = await api.call(`/v1/operations/${operation.id}/events`, { scopes: SCOPES, method: 'HEAD' })
    expect(headers.status).toBe(200)
    await expect.poll(() => api.services.hub.count).toBe(0)
  })

  it('is refused beyond so many of a tenant, until one of them ends', async () => {
    const operation = await running()
    const streams = await Promise.all([1, 2, 3].map(() => open(operation.id)))
    expect(streams.map(({ answer }) => answer.status)).toEqual([200, 200, 200])
    const refused = await open(operation.id)
    expect(refused.answer.status).toBe(429)
    expect(refused.answer.headers.get('retry-after')).toBe('10')
    streams[0]?.leave()
    await expect.poll(() => api.services.hub.count).toBe(2)
    const another = await open(operation.id)
    expect(another.answer.status).toBe(200)
    for (const { leave } of [...streams, another]) leave()
    await expect.poll(() => api.services.hub.count).toBe(0)
  })

  it("is not another tenant's to see", async () => {
    const operation = await running()
    expect((await open(operation.id, { tenant: 'another' })).answer.status).toBe(404)
  })
})

describe('open streams', () => {
  it('stay while PostgreSQL is away, and go on when it is back', async () => {
    const own = await startApi()
    const name = new URL(own.databaseUrl).pathname.slice(1)
    const elsewhere = new URL(own.databaseUrl)
    elsewhere.pathname = '/postgres'
    const administrator = createPool(elsewhere.href, { applicationName: 'test' })
    try {
      const operation = await runningOperation(own.pool, own.tenantId)
      const { events, leave } = await open(operation.id, { from: own })
      await until(events, isState('PROCESSING'))
      await administrator.query(`alter database ${name} with allow_connections false`)
      await administrator.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
      const failures = () => own.lines.filter(({ msg }) => String(msg).includes('could not be read'))
      await expect.poll(failures, { timeout: 10_000 }).toHaveLength(1)
      await administrator.query(`alter database ${name} with allow_connections true`)
      await operation.change(`state = 'COMPLETED', total = 0, ended_at = now()`)
      expect((await collect(events)).map(({ data }) => data?.to ?? data?.state)).toEqual(['COMPLETED', 'COMPLETED'])
      leave()
    } finally {
      await administrator.end()
      await own.stop()
    }
  })

  it('and waiting requests are let go when the API stops, at once', async () => {
    const own = await startApi()
    const operation = await runningOperation(own.pool, own.tenantId)
    const { events } = await open(operation.id, { from: own })
    await until(events, isState('PROCESSING'))
    const waiting = own.call(`/v1/operations/${operation.id}`, { scopes: SCOPES, headers: { prefer: 'wait=60' } })
    await expect.poll(() => own.services.hub.count).toBe(2)
    const [, rest, answer] = await inTime(3_000, Promise.all([own.stop(), collect(events), waiting]))
    expect(rest.filter(({ event }) => event === 'state')).toEqual([])
    expect(answer.status).toBe(200)
  })
})
