import { enrollmentRecords } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'

const SCOPES = ['OPERATIONS:ADD', 'OPERATIONS:VIEW', 'ISSUANCE:ADD', 'ISSUANCE:REMOVE']

interface Json {
  readonly id: string
  readonly state: string
  readonly source: object | null
}

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const create = (body: object, scopes = SCOPES) =>
  api.call('/v1/operations', {
    method: 'POST',
    scopes,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

describe('POST /v1/operations with ids', () => {
  it('makes an operation that is scheduled, its list in the file store', async () => {
    const answer = await create({ type: 'SEND_MFP', ids: ['one', ''], name: 'Badges' })
    expect(answer.status).toBe(201)
    const operation = (await answer.json()) as Json
    expect(operation).toMatchObject({ type: 'SEND_MFP', name: 'Badges', state: 'SCHEDULED' })
    expect(operation.source).toMatchObject({ fileName: 'ids.csv', encoding: 'UTF-8' })
    expect(await api.stored()).toContain(`operations/${operation.id}/source`)
  })

  it('tells of every id what is wrong with it, an empty one and one with line ends included', async () => {
    const { id } = (await (await create({ type: 'REVOKE_MFP', ids: ['', 'a\nb', '"', ' ', '=1+1'] })).json()) as Json
    await api.work()
    const operation = (await (await api.call(`/v1/operations/${id}`, { scopes: SCOPES })).json()) as Json
    expect(operation).toMatchObject({ state: 'COMPLETED', rows: { total: 5, failed: 5 }, firstFailedRow: 1 })
    const headers = { accept: 'application/json' }
    const failed = (await (await api.call(`/v1/operations/${id}/failed-rows`, { scopes: SCOPES, headers })).json()) as {
      rows: { line: number | null; mistakes: { code: string }[] }[]
    }
    expect(failed.rows.map((row) => row.line)).toEqual([null, null, null, null, null])
    expect(failed.rows.map((row) => row.mistakes[0]?.code)).toEqual([
      'REQUIRED',
      'INVALID_ENROLLMENT_ID',
      'INVALID_ENROLLMENT_ID',
      'REQUIRED',
      'INVALID_ENROLLMENT_ID',
    ])
  })

  it('gives failed rows back as a CSV that a retry takes', async () => {
    const [ann = ''] = await enrollmentRecords(api, [{ FirstName: 'Ann' }])
    const { id } = (await (await create({ type: 'REVOKE_MFP', ids: [ann, 'no id'] })).json()) as Json
    await api.work()
    const file = await (await api.call(`/v1/operations/${id}/failed-rows`, { scopes: SCOPES })).text()
    expect(file.split('\r\n')[0]).toBe('id,_row,_line,_code,_column,_message')
    const form = new FormData()
    form.set('file', new Blob([file]), 'corrected.csv')
    const retry = await api.call(`/v1/operations/${id}/retry`, { method: 'POST', scopes: SCOPES, body: form })
    expect(retry.status).toBe(201)
  })

  it('awaits a CSV without them', async () => {
    const operation = (await (await create({ type: 'SEND_MFP' })).json()) as Json
    expect(operation).toMatchObject({ state: 'AWAITING_DATA', source: null })
    const put = await api.call(`/v1/operations/${operation.id}/data`, {
      method: 'PUT',
      scopes: SCOPES,
      headers: { 'content-type': 'text/csv' },
      body: 'id\nabc\n',
    })
    expect(put.status).toBe(200)
  })

  it('can be left to be started later', async () => {
    const operation = (await (await create({ type: 'SEND_MFP', ids: ['a'], start: false })).json()) as Json
    expect(operation.state).toBe('AWAITING_DATA')
  })

  it.each<[string, object, string]>([
    ['no ids', { type: 'SEND_MFP', ids: [] }, 'ids'],
    ['one that is a number', { type: 'SEND_MFP', ids: ['a', 1] }, 'ids.1'],
    ['ids of a type that has none', { type: 'IMPORT_USERS', ids: ['a'] }, 'ids'],
    ['a printer that there is not', { type: 'PRINT_ENROLLMENTS', ids: ['a'], options: { printer: 'X' } }, 'printer'],
    [
      'a hopper that there is not',
      { type: 'PRINT_ENROLLMENTS', ids: ['a'], options: { printer: 'PDF', hopper: 0 } },
      'hopper',
    ],
    [
      'half of a surrogate pair, which the database would refuse',
      { type: 'PRINT_ENROLLMENTS', ids: ['a'], options: { printer: 'PDF', exceptionMessage: 'a\ud800' } },
      'exceptionMessage',
    ],
  ])('refuses %s', async (_, body, named) => {
    const before = await api.stored()
    const answer = await create(body)
    expect(answer.status).toBe(400)
    expect(((await answer.json()) as { detail: string }).detail).toContain(named)
    expect(await api.stored()).toEqual(before)
  })

  it('refuses who may not do it', async () => {
    expect((await create({ type: 'REVOKE_MFP', ids: ['a'] }, ['OPERATIONS:ADD', 'ISSUANCE:ADD'])).status).toBe(403)
  })

  it('makes one operation of a request that is repeated by its key', async () => {
    const send = async () => {
      const answer = await api.call('/v1/operations', {
        method: 'POST',
        scopes: SCOPES,
        headers: { 'content-type': 'application/json', 'idempotency-key': 'ids-1' },
        body: JSON.stringify({ type: 'SEND_MFP', ids: ['x'] }),
      })
      return (await answer.json()) as Json
    }
    const first = await send()
    expect(await send()).toMatchObject({ id: first.id })
  })
})
