import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'
import { type BulkOperation, bulkOperations, errorOf, PUBLISHED_ID, SCOPES } from './bulk-operations.ts'

const KINDS = [
  ['mobileFlashPass', 'SEND_MFP'],
  ['print', 'PRINT_ENROLLMENTS'],
] as const

let api: ApiUnderTest
let calls: ReturnType<typeof bulkOperations>
beforeAll(async () => {
  api = await startApi()
  calls = bulkOperations(api)
})
afterAll(() => api.stop())

/** Inserts operations of a type, each with a lane, as workers would leave them: their ids, the oldest first. */
async function inserted(type: string, count: number, tenantId = api.tenantId): Promise<readonly string[]> {
  const { rows } = await api.pool.query<{ id: string }>(
    `with inserted as (
       insert into operations (id, tenant_id, type, name, state, reason, options, source, created_by, changed_by, created_at)
       select gen_random_uuid(), $1, $2, 'Pass ' || n, 'SCHEDULED', 'test', 'null', '{}', 'test', 'test',
         '2026-02-19T13:15:27.999Z'
       from generate_series(1, $3::integer) n order by n returning id, number
     ), lane as (
       insert into lanes (operation_number, lane, tenant_id, lease, row_number, line, byte)
       select number, 0, $1, 1, 0, 1, 0 from inserted
     )
     select id from inserted order by number`,
    [tenantId, type, count],
  )
  return rows.map(({ id }) => id)
}

async function one(type: string): Promise<string> {
  return (await inserted(type, 1))[0] ?? ''
}

async function advance(id: string, assignments: string): Promise<void> {
  await api.pool.query(
    `update lanes set ${assignments} where operation_number = (select number from operations where id = $1)`,
    [id],
  )
}

async function fail(id: string, row: number, code: string, params: object | null = null): Promise<void> {
  await api.pool.query(
    `insert into failed_rows (operation_number, row_number, ordinal, tenant_id, line, code, params)
     select number, $2, 0, tenant_id, $2, $3, $4 from operations where id = $1`,
    [id, row, code, params],
  )
}

describe.each(KINDS)('GET /v1/%s/{id}', (resource, type) => {
  const told = async (id: string) => (await (await calls.get(`/v1/${resource}/${id}`)).json()) as BulkOperation

  it('leaves out what is not known yet', async () => {
    const id = await one(type)
    expect(await told(id)).toEqual({
      id,
      name: 'Pass 1',
      type,
      state: 'SCHEDULED',
      initTime: '2026-02-19T13:15:27Z',
      rowsProcessed: 0,
      rowsFailed: 0,
    })
  })

  it('tells every field as it becomes known', async () => {
    const id = await one(type)
    const begun = { id, name: 'Pass 1', type, initTime: '2026-02-19T13:15:27Z' }
    await calls.change(id, `state = 'PROCESSING', started_at = '2026-02-19T13:16:00.250Z'`)
    await advance(id, 'succeeded = 3, unchanged = 2')
    expect(await told(id)).toEqual({
      ...begun,
      state: 'PROCESSING',
      processingStartTime: '2026-02-19T13:16:00Z',
      rowsProcessed: 5,
      rowsFailed: 0,
    })
    await advance(id, 'failed = 2, first_failed_row = 4')
    await fail(id, 4, 'MAIL_REFUSED', { reply: '550' })
    await fail(id, 7, 'NO_ADDRESS')
    await calls.change(id, `state = 'COMPLETED', total = 7, ended_at = '2026-02-19T13:16:01.500Z'`)
    expect(await told(id)).toEqual({
      ...begun,
      state: 'COMPLETED',
      processingStartTime: '2026-02-19T13:16:00Z',
      processingEndTime: '2026-02-19T13:16:01Z',
      processingTime: 1_250,
      rowsProcessed: 5,
      rowsFailed: 2,
      firstFailedRow: 4,
      errorMessage: 'The mail server refused the mail: 550. Correct the address, and run the row again.',
    })
  })

  it('tells the fault of one that failed, and of one that was withdrawn what failed before', async () => {
    const failed = await one(type)
    await calls.change(failed, `state = 'PROCESSING', started_at = now()`)
    await calls.change(failed, `state = 'FAILED', reason = 'The file is gone.', ended_at = now()`)
    expect(await told(failed)).toMatchObject({ state: 'FAILED', errorMessage: 'The file is gone.' })
    const cancelled = await one(type)
    await calls.change(cancelled, `state = 'CANCELLED', reason = 'It was not meant.', ended_at = now()`)
    const withdrawn = await told(cancelled)
    expect(withdrawn).toMatchObject({ state: 'CANCELLED', processingEndTime: expect.any(String) })
    for (const field of ['errorMessage', 'processingStartTime', 'processingTime'])
      expect(withdrawn).not.toHaveProperty(field)
  })

  it('finds none of another kind or tenant, none that was removed, and none that never was', async () => {
    const other = await one(type === 'SEND_MFP' ? 'PRINT_ENROLLMENTS' : 'SEND_MFP')
    const revoking = await one('REVOKE_MFP')
    const deleted = await one(type)
    await calls.change(deleted, `state = 'CANCELLED', ended_at = now(), deleted_at = now()`)
    for (const id of [other, revoking, deleted, randomUUID(), 'x', '%00']) {
      for (const answer of [
        await calls.get(`/v1/${resource}/${id}`),
        await calls.remove(`/v1/${resource}/cancel/${id}`),
      ]) {
        expect([id, answer.status]).toEqual([id, 404])
        expect(await errorOf(answer)).toMatchObject({ code: 'not_found', target: 'id' })
      }
    }
    const foreign = await api.call(`/api/web/v1/${resource}/${await one(type)}`, { scopes: SCOPES, tenant: 'other' })
    expect(foreign.status).toBe(404)
  })
})

describe.each(KINDS)('DELETE /v1/%s/cancel/{id}', (resource, type) => {
  it('cancels what has not ended, and answers 200 without a body', async () => {
    for (const state of ['SCHEDULED', 'PROCESSING']) {
      const id = await one(type)
      await calls.change(id, `state = '${state}'`)
      const answer = await calls.remove(`/v1/${resource}/cancel/${id}`)
      expect([answer.status, await answer.text()]).toEqual([200, ''])
      const record = await calls.recordOf(id)
      expect(record.state).toBe('CANCELLED')
      expect(record.endedAt).not.toBeNull()
    }
  })

  it('conflicts with what has ended', async () => {
    for (const state of ['COMPLETED', 'FAILED', 'CANCELLED']) {
      const id = await one(type)
      await calls.change(id, `state = 'PROCESSING'`)
      await calls.change(id, `state = '${state}', ended_at = now(), total = 0`)
      const answer = await calls.remove(`/v1/${resource}/cancel/${id}`)
      expect(answer.status).toBe(409)
      const { code, message } = await errorOf(answer)
      expect(code).toBe('conflict')
      expect(message).toContain(state)
    }
  })
})

describe('the list of operations of a kind', () => {
  it.each(KINDS)(
    '%s has all of them, whatever their number, the newest first, and no others',
    async (resource, type) => {
      const tenant = `tenant of ${resource}`
      const list = async () => {
        const answer = await api.call(`/api/web/v1/${resource}`, { scopes: SCOPES, tenant })
        expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
        return (await answer.json()) as BulkOperation[]
      }
      expect(await list()).toEqual([])
      const { rows } = await api.pool.query<{ id: number }>('select id from tenants where name = $1', [tenant])
      const tenantId = rows[0]?.id ?? 0
      const before = await inserted(type, 150, tenantId)
      for (const other of ['IMPORT_USERS', 'REVOKE_MFP', type === 'SEND_MFP' ? 'PRINT_ENROLLMENTS' : 'SEND_MFP'])
        await inserted(other, 3, tenantId)
      const after = await inserted(type, 300, tenantId)
      await inserted(type, 1)
      const [deleted = '', ...kept] = after
      await calls.change(deleted, `state = 'CANCELLED', ended_at = now(), deleted_at = now()`)
      expect((await list()).map(({ id }) => id)).toEqual([...before, ...kept].reverse())
      await inserted(type, 151, tenantId)
      expect(await list()).toHaveLength(600)
    },
  )

  it('tells each as it is told alone', async () => {
    const { id } = await calls.created('/v2/mobileFlashPass', { ids: [PUBLISHED_ID] })
    const [first] = (await (await calls.get('/v1/mobileFlashPass')).json()) as BulkOperation[]
    expect(first).toEqual(await (await calls.get(`/v1/mobileFlashPass/${id}`)).json())
  })
})
