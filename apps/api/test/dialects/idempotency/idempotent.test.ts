import { randomUUID } from 'node:crypto'
import { forgetIdempotencyKeys } from '@muster/database'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../api-under-test.ts'
import { form, type Parts, USERS_CSV } from '../../forms.ts'
import { read } from '../../read.ts'

const SCOPES = ['OPERATIONS:ADD', 'OPERATIONS:VIEW', 'OPERATIONS:EDIT', 'BULKUSERS:ADD', 'GROUPS:ADD']
const TYPE = ['type', 'IMPORT_USERS'] as const
const FILE = ['file', ['users.csv', USERS_CSV]] as const
const OTHER_FILE = ['file', ['users.csv', `${USERS_CSV}carol,Carol,carol@example.com\n`]] as const

/** Held by a test: no file becomes durable until it is let go. */
let hold: { readonly reached: () => void; readonly until: Promise<void> } | null = null

async function* held(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* bytes
  hold?.reached()
  await hold?.until
}

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi({ files: (disk) => ({ ...disk, write: (key, bytes) => disk.write(key, held(bytes)) }) })
})
afterAll(() => api.stop())

let key: string
beforeEach(() => {
  key = randomUUID()
})

interface Sent {
  readonly key?: string
  readonly tenant?: string
  readonly query?: string
}

const post = (parts: Parts, { key: sent = key, tenant, query = '' }: Sent = {}) =>
  api.call(`/v1/operations${query}`, {
    method: 'POST',
    scopes: SCOPES,
    body: form(parts),
    headers: { 'idempotency-key': `"${sent}"` },
    ...(tenant !== undefined && { tenant }),
  })
const postJson = (path: string, body?: object) =>
  api.call(path, {
    method: 'POST',
    scopes: SCOPES,
    headers: { 'idempotency-key': key, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
const operations = async () =>
  (await api.pool.query<{ id: string }>('select id from operations where request_key = $1', [key])).rows

/** What a process that dies after it has committed the operation leaves behind. */
async function loseAnswer(): Promise<void> {
  const { rowCount } = await api.pool.query(
    `update idempotency_keys set status = null, headers = null, body = null, locked_until = now() - interval '1 second'
    where key = $1`,
    [key],
  )
  expect(rowCount).toBe(1)
}

describe('a request that is sent again with its key', () => {
  it('gets the first answer, and has no second effect', async () => {
    const first = await post([TYPE, FILE])
    expect(first.status).toBe(201)
    expect(first.headers.has('idempotency-replayed')).toBe(false)
    const told = await read(first)
    // The parts in another order, under another boundary, are the same request.
    const again = await post([FILE, TYPE])
    expect(again.status).toBe(201)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'))
    expect(await read(again)).toEqual(told)
    expect(await operations()).toEqual([{ id: told.id }])
    const { rows } = await api.pool.query('select id from operations')
    const folders = new Set((await api.stored()).map((path) => path.split('/')[1]))
    expect([...folders].sort()).toEqual(rows.map(({ id }) => id).sort())
  })

  it('gets the first answer also when the operation has moved on', async () => {
    const first = await read(await post([TYPE, FILE]))
    await api.work()
    expect(await read(await api.call(`/v1/operations/${first.id}`, { scopes: SCOPES }))).toMatchObject({
      state: 'COMPLETED',
    })
    expect(await read(await post([TYPE, FILE]))).toEqual(first)
  })

  it('makes one operation, when it is sent 20 times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post([TYPE, FILE])))
    const made = answers.filter(({ status }) => status === 201)
    const waiting = answers.filter(({ status }) => status === 409)
    expect(made.length).toBeGreaterThan(0)
    expect(made.length + waiting.length).toBe(20)
    for (const answer of waiting) expect(answer.headers.get('retry-after')).toBe('1')
    expect(new Set(await Promise.all(made.map(async (answer) => (await read(answer)).id))).size).toBe(1)
    expect(await operations()).toHaveLength(1)
  })

  it('is told to come again while the first is being carried out', async () => {
    let letGo: () => void = () => undefined
    const until = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const reached = new Promise<void>((resolve) => {
      hold = { reached: resolve, until }
    })
    const first = post([TYPE, FILE])
    await reached
    hold = null
    const second = await post([TYPE, FILE])
    expect(second.status).toBe(409)
    expect((await read(second)).detail).toMatch(/being carried out/)
    letGo()
    const told = await read(await first)
    expect(await read(await post([TYPE, FILE]))).toEqual(told)
  })

  it('gets a refusal again', async () => {
    const first = await post([['type', 'IMPORT_CATS'], FILE])
    expect(first.status).toBe(400)
    const again = await post([['type', 'IMPORT_CATS'], FILE])
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await again.text()).toBe(await first.text())
  })

  it('is carried out when the first try failed on this side', async () => {
    await api.pool.query('alter table operations rename to hidden')
    const failed = await post([TYPE, FILE]).finally(() => api.pool.query('alter table hidden rename to operations'))
    expect(failed.status).toBe(500)
    expect((await post([TYPE, FILE])).status).toBe(201)
    expect(await operations()).toHaveLength(1)
  })

  it('is carried out when the first try ended before its body', async () => {
    const headers = { 'idempotency-key': key, 'content-type': 'multipart/form-data; boundary=x' }
    const cut = await api.call('/v1/operations', { method: 'POST', scopes: SCOPES, body: '--x\r\n', headers })
    expect(cut.status).toBe(400)
    expect((await post([TYPE, FILE])).status).toBe(201)
  })
})

describe('another request with the key', () => {
  it.each<[string, Parts, Sent]>([
    ['another file', [TYPE, OTHER_FILE], {}],
    ['another field', [TYPE, ['name', 'June'], FILE], {}],
    ['another query', [TYPE, FILE], { query: '?duplicate=allow' }],
  ])('is refused: %s', async (_, parts, sent) => {
    await post([TYPE, FILE])
    const stored = await api.stored()
    const answer = await post(parts, sent)
    expect(answer.status).toBe(422)
    expect(await operations()).toHaveLength(1)
    expect(await api.stored()).toEqual(stored)
    expect((await post([TYPE, FILE])).status).toBe(201)
  })

  it('is refused at another path', async () => {
    await postJson('/v1/groups', { name: `group ${key}` })
    expect((await postJson('/v1/operations', { type: 'IMPORT_USERS' })).status).toBe(422)
  })

  it('is nothing to another tenant', async () => {
    const mine = await read(await post([TYPE, FILE]))
    const theirs = await post([TYPE, OTHER_FILE], { tenant: 'another' })
    expect(theirs.status).toBe(201)
    expect((await read(theirs)).id).not.toBe(mine.id)
  })
})

describe('when the answer was lost with the process', () => {
  it('the operation is found, and answered as created', async () => {
    const { id } = await read(await post([TYPE, FILE]))
    const stored = await api.stored()
    await loseAnswer()
    const again = await post([TYPE, FILE])
    expect(again.status).toBe(201)
    expect(again.headers.get('location')).toBe(`/v1/operations/${id}`)
    expect(await operations()).toEqual([{ id }])
    expect(await api.stored()).toEqual(stored)
    expect((await post([TYPE, FILE])).headers.get('idempotency-replayed')).toBe('true')
  })

  it('the operation is found although nothing is known of the request', async () => {
    const { id } = await read(await post([TYPE, FILE]))
    await api.pool.query('delete from idempotency_keys where key = $1', [key])
    const other = await post([TYPE, OTHER_FILE])
    expect(other.status).toBe(422)
    // That other request's refusal does not stand in the way of the one that has the key.
    expect((await read(await post([TYPE, FILE]))).id).toBe(id)
    expect(await operations()).toHaveLength(1)
  })

  it('another request with the key is refused', async () => {
    await post([TYPE, FILE])
    await loseAnswer()
    expect((await post([TYPE, ['name', 'June'], FILE])).status).toBe(422)
    expect(await operations()).toHaveLength(1)
  })

  it('an operation without data is found also when its data has come', async () => {
    const asked = { type: 'IMPORT_USERS', encoding: 'Shift_JIS', options: { maxFailedRows: 1 } }
    const { id } = await read(await postJson('/v1/operations', asked))
    const headers = { 'content-type': 'text/csv' }
    await api.call(`/v1/operations/${id}/data`, { method: 'PUT', scopes: SCOPES, headers, body: USERS_CSV })
    await loseAnswer()
    const again = await postJson('/v1/operations', asked)
    expect(again.status).toBe(201)
    expect(await read(again)).toMatchObject({ id, state: 'SCHEDULED' })
    expect(await operations()).toHaveLength(1)
  })

  it('nobody waits for it longer than its lock', async () => {
    await post([TYPE, FILE])
    await api.pool.query(
      `update idempotency_keys set status = null, locked_until = now() + interval '30 seconds' where key = $1`,
      [key],
    )
    expect((await post([TYPE, FILE])).status).toBe(409)
    await loseAnswer()
    expect((await post([TYPE, FILE])).status).toBe(201)
  })
})

describe('every POST', () => {
  it('with a body of JSON has one effect', async () => {
    const group = { name: `group ${key}` }
    const first = await postJson('/v1/groups', group)
    expect(first.status).toBe(201)
    const again = await postJson('/v1/groups', group)
    expect(again.status).toBe(201)
    expect(await read(again)).toEqual(await read(first))
    expect((await postJson('/v1/groups', { name: 'another' })).status).toBe(422)
  })

  it('without a body has one effect', async () => {
    const created = await api.call('/v1/operations', { method: 'POST', scopes: SCOPES, body: form([TYPE, FILE]) })
    const { id } = await read(created)
    const first = await postJson(`/v1/operations/${id}/cancel`)
    expect(first.status).toBe(200)
    const again = await postJson(`/v1/operations/${id}/cancel`)
    expect(again.status).toBe(200)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect((await postJson(`/v1/operations/${id}/cancel`, { reason: 'another' })).status).toBe(422)
  })

  it('refuses a key that is none', async () => {
    const headers = { 'idempotency-key': '"unclosed', 'content-type': 'application/json' }
    const answer = await api.call('/v1/groups', { method: 'POST', scopes: SCOPES, headers, body: '{"name":"x"}' })
    expect(answer.status).toBe(400)
    expect((await read(answer)).detail).toMatch(/Idempotency-Key/)
  })
})

it('keys are forgotten with time, and may be used again', async () => {
  const { id } = await read(await post([TYPE, FILE]))
  await forgetIdempotencyKeys(api.pool, new Date(Date.now() - 60_000))
  expect((await post([TYPE, OTHER_FILE])).status).toBe(422)
  await forgetIdempotencyKeys(api.pool, new Date(Date.now() + 60_000))
  const other = await post([TYPE, OTHER_FILE])
  expect(other.status).toBe(201)
  expect((await read(other)).id).not.toBe(id)
})

describe('an upload of the ID360 dialect that is sent again with its key', () => {
  const enroll = async (address: string) => {
    const { rows } = await api.pool.query<{ id: string }>(
      `select id from factor_configs where tenant_id = $1 and factor_type = 'EmailAuthenticator'`,
      [api.tenantId],
    )
    const csv = `Primary Email,Email\n${address},${address}\n`
    return api.call('/api/v1/protection/quick-enrollment/upload-csv', {
      method: 'POST',
      scopes: ['id360.quick_enrollment.CREATE'],
      body: form([
        ['factor_configs', rows[0]?.id ?? ''],
        ['file', ['users.csv', csv]],
      ]),
      headers: { 'idempotency-key': key },
    })
  }

  it('gets the same job, also when the first answer was lost, and another file its error', async () => {
    const first = await (await enroll('alice@example.com')).json()
    const again = await enroll('alice@example.com')
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await again.json()).toEqual(first)
    await loseAnswer()
    expect(await (await enroll('alice@example.com')).json()).toEqual(first)
    expect(await operations()).toHaveLength(1)
    const other = await enroll('bob@example.com')
    expect(other.status).toBe(422)
    expect(await other.json()).toMatchObject({
      error: { code: '00000102', detail: expect.stringContaining('Idempotency-Key') },
    })
  })

  it('gets the same refusal in the words of the dialect', async () => {
    const refused = await api.call('/api/v1/protection/quick-enrollment/upload-csv', {
      method: 'POST',
      scopes: ['id360.quick_enrollment.CREATE'],
      body: form([['file', ['users.csv', 'a\n']]]),
      headers: { 'idempotency-key': key },
    })
    expect(refused.status).toBe(400)
    const { rows } = await api.pool.query<{ body: string }>('select body from idempotency_keys where key = $1', [key])
    expect(rows[0]?.body).toBe(await refused.text())
  })
})
