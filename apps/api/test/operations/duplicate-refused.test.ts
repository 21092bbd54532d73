import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../api-under-test.ts'
import { form } from '../forms.ts'
import { read } from '../read.ts'

const SCOPES = ['OPERATIONS:ADD', 'OPERATIONS:VIEW', 'OPERATIONS:EDIT', 'BULKUSERS:ADD']

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi({ duplicateWindowHours: 2 })
})
afterAll(() => api.stop())

let nth = 0
const newFile = () => `userId\nduplicate-${nth++}\n`

const files = async () => (await api.stored()).filter((path) => path.includes('/source'))

interface Sent {
  readonly query?: string
  readonly tenant?: string
  readonly key?: string
}

/** Both ways in. */
const WAYS: readonly (readonly [string, (csv: string, sent?: Sent) => Promise<Response>])[] = [
  [
    'in a form',
    (csv, { query = '', tenant, key } = {}) =>
      api.call(`/v1/operations${query}`, {
        method: 'POST',
        scopes: SCOPES,
        body: form([
          ['type', 'IMPORT_USERS'],
          ['file', ['u.csv', csv]],
        ]),
        ...(tenant !== undefined && { tenant }),
        ...(key !== undefined && { headers: { 'idempotency-key': key } }),
      }),
  ],
  [
    'as the body',
    async (csv, { query = '', tenant } = {}) => {
      const of = tenant === undefined ? {} : { tenant }
      const body = JSON.stringify({ type: 'IMPORT_USERS' })
      const headers = { 'content-type': 'application/json' }
      const created = await api.call('/v1/operations', { method: 'POST', scopes: SCOPES, headers, body, ...of })
      const path = `/v1/operations/${(await read(created)).id}/data${query}`
      return api.call(path, {
        method: 'PUT',
        scopes: SCOPES,
        headers: { 'content-type': 'text/csv' },
        body: csv,
        ...of,
      })
    },
  ],
]

describe.each(WAYS)('data that was sent before, %s', (_, send) => {
  it('is refused, and the earlier operation linked', async () => {
    const csv = newFile()
    const { id } = await read(await send(csv))
    const stored = await files()
    const answer = await send(csv)
    expect(answer.status).toBe(409)
    expect(answer.headers.get('link')).toBe(`</v1/operations/${id}>; rel="duplicate"`)
    expect(await read(answer)).toMatchObject({ operation: `/v1/operations/${id}`, detail: expect.stringContaining(id) })
    expect(await files()).toEqual(stored)
  })

  it('is taken where that is asked for', async () => {
    const csv = newFile()
    await send(csv)
    expect((await send(csv, { query: '?duplicate=allow' })).ok).toBe(true)
    expect((await send(csv, { query: '?duplicate=no' })).status).toBe(400)
  })

  it('is refused once of two at once', async () => {
    const csv = newFile()
    const answers = await Promise.all(Array.from({ length: 6 }, () => send(csv)))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(5)
  })

  it('is taken from another tenant, after the window, and when the earlier was cancelled', async () => {
    const csv = newFile()
    const first = await read(await send(csv))
    expect((await send(csv, { tenant: 'another' })).ok).toBe(true)
    await api.pool.query(`update operations set created_at = now() - interval '121 minutes' where id = $1`, [first.id])
    const second = await send(csv)
    expect(second.ok).toBe(true)
    const path = `/v1/operations/${(await read(second)).id}/cancel`
    expect((await api.call(path, { method: 'POST', scopes: SCOPES })).status).toBe(200)
    expect((await send(csv)).ok).toBe(true)
  })
})

it('a request that is repeated by its key is no duplicate of itself, also when its answer was lost', async () => {
  const csv = newFile()
  const send = WAYS[0]?.[1]
  const first = await send?.(csv, { key: 'k1' })
  await api.pool.query(`delete from idempotency_keys where key = 'k1'`)
  const again = await send?.(csv, { key: 'k1' })
  expect(again?.status).toBe(201)
  expect(again?.headers.get('location')).toBe(first?.headers.get('location'))
  expect((await send?.(csv, { key: 'k2' }))?.status).toBe(409)
})
