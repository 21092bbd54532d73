import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../api-under-test.ts'
import { form, type Parts, USERS_CSV } from '../../forms.ts'
import { read } from '../../read.ts'

const SCOPES = ['OPERATIONS:ADD', 'OPERATIONS:VIEW', 'BULKUSERS:ADD', 'BULKENROLLMENTS:ADD']
const TYPE = ['type', 'IMPORT_USERS'] as const
const FILE = ['file', ['users.csv', USERS_CSV]] as const

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const post = (parts: Parts, scopes: readonly string[] = SCOPES) =>
  api.call('/v1/operations', { method: 'POST', body: form(parts), scopes })
const get = (path: string, tenant = 'default') => api.call(path, { scopes: SCOPES, tenant })

describe('an upload', () => {
  it.each<[string, Parts]>([
    ['with the file first', [FILE, TYPE]],
    ['with the file last', [TYPE, ['name', 'May'], ['encoding', 'utf-8'], ['delimiter', ','], FILE]],
  ])('becomes a scheduled operation: %s', async (_, parts) => {
    const answer = await post(parts)
    const operation = await read(answer)
    expect(answer.status).toBe(201)
    expect(answer.headers.get('location')).toBe(`/v1/operations/${operation.id}`)
    expect(operation).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      number: expect.any(Number),
      type: 'IMPORT_USERS',
      name: parts.length > 2 ? 'May' : 'Import users',
      state: 'SCHEDULED',
      paused: false,
      reason: 'It was created with its data.',
      rows: { total: null, succeeded: 0, unchanged: 0, failed: 0, unprocessed: null, resolved: 0 },
      firstFailedRow: null,
      errorMessage: null,
      options: { maxFailedRows: null, maxFailedRatio: null },
      retryOf: null,
      createdBy: 'test',
      source: {
        fileName: 'users.csv',
        bytes: USERS_CSV.length,
        sha256: createHash('sha256').update(USERS_CSV).digest('hex'),
        encoding: 'UTF-8',
      },
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      startedAt: null,
      endedAt: null,
      expiresAt: null,
    })
    const queue = { place: expect.any(Number), reason: 'It waits for a worker.' }
    expect(await read(await get(`/v1/operations/${operation.id}`))).toEqual({ ...operation, queue })
    expect(await api.stored()).toContain(`operations/${operation.id}/source`)
  })

  it('is told of when it is done, with its failed rows as a file', async () => {
    const { id } = await read(
      await post([TYPE, ['file', ['ü 名.csv', 'userId,email,_row\r\n"c""1",no,1\r\nc2,c2@example.com,2\r\nc3,c"x,3']]]),
    )
    await api.work()
    const done = await read(await get(`/v1/operations/${id}`))
    expect(done).toMatchObject({
      state: 'COMPLETED',
      rows: { total: 3, succeeded: 1, unchanged: 0, failed: 2, unprocessed: 0 },
      firstFailedRow: 1,
      errorMessage: 'Not an email address; write it like name@example.com.',
      source: { fileName: 'ü 名.csv' },
      startedAt: expect.any(String),
      endedAt: expect.any(String),
    })
    const answer = await get(`/v1/operations/${id}/failed-rows`)
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=UTF-8')
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="failed_rows_${done.number}.csv"`)
    const lines = (await answer.text()).split('\r\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toBe('userId,email,_row,_line,_code,_column,_message')
    expect(lines[1]).toBe('"c""1",no,1,2,INVALID_EMAIL,email,Not an email address; write it like name@example.com.')
    expect(lines[2]).toMatch(/^"c3,c""x,3",,3,4,MALFORMED_ROW,,/)
  })

  it('keeps the encoding and delimiter in its failed rows', async () => {
    const csv = await readFile(new URL('fixtures/shift-jis.csv', import.meta.url))
    const answer = await post([['encoding', 'shift_jis'], TYPE, ['file', ['x.csv', new Uint8Array(csv)]]])
    const { id } = await read(answer)
    expect(answer.status).toBe(201)
    await api.work()
    const failed = await get(`/v1/operations/${id}/failed-rows`)
    expect(failed.headers.get('content-type')).toBe('text/csv; charset=Shift_JIS')
    const text = new TextDecoder('shift_jis').decode(await failed.arrayBuffer())
    expect(text).toContain('\r\ntanaka;田中;なし;1;2;INVALID_EMAIL;email;')
  })

  it('enrolls in the factors that its form names', async () => {
    const { factorConfigs } = await read(await api.call('/v1/factor-configs', { scopes: ['FACTORCONFIGS:VIEW'] }))
    const [email = '', sms = ''] = factorConfigs.map((config) => config.id)
    const csv = 'Primary Email,Email,Mobile Number\nnobody@example.com,x@example.com,\n'
    const parts: Parts = [
      ['file', ['e.csv', csv]],
      ['type', 'QUICK_ENROLLMENT'],
      ['factor_configs[]', email],
      ['factor_configs[]', sms],
      ['overwrite_enrollment_data', 'true'],
    ]
    const answer = await post(parts)
    expect(answer.status).toBe(201)
    const { rows } = await api.pool.query('select options from operations where id = $1', [(await read(answer)).id])
    expect(rows[0].options).toMatchObject({ overwrite: true, factorConfigs: [{ id: email }, { id: sms }] })
  })

  it('needs the permission of its type beside that of adding operations', async () => {
    const before = await api.stored()
    const answer = await post([FILE, TYPE], ['OPERATIONS:ADD'])
    expect(answer.status).toBe(403)
    expect((await read(answer)).detail).toContain('BULKUSERS:ADD')
    expect(await api.stored()).toEqual(before)
  })
})

describe('an operation', () => {
  it('of another tenant is not there', async () => {
    const { id } = await read(await post([FILE, TYPE]))
    for (const path of [`/v1/operations/${id}`, `/v1/operations/${id}/failed-rows`]) {
      expect((await get(path, 'another')).status).toBe(404)
      expect((await get(path)).status).toBe(200)
    }
  })

  it.each(['x', '00000000-0000-0000-0000-000000000000', '%00'])('of the id %s is not there', async (id) => {
    expect((await get(`/v1/operations/${id}`)).status).toBe(404)
  })

  it('is there although Redis is away, and told as it is', async () => {
    const own = await startApi()
    try {
      await own.redis.stop()
      const answer = await own.call('/v1/operations', { method: 'POST', body: form([FILE, TYPE]), scopes: SCOPES })
      expect(answer.status).toBe(201)
      expect(await read(answer)).toMatchObject({ state: 'SCHEDULED' })
    } finally {
      await own.stop()
    }
  })
})
