import { randomUUID } from 'node:crypto'
import { encodeEnrollmentId, rowMessage } from '@muster/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'
import { form } from '../../../forms.ts'
import { read } from '../../../read.ts'
import { bulkOperations, errorOf, PUBLISHED_ID, SCOPES } from './bulk-operations.ts'

interface Entry {
  readonly row: number
  readonly id: string
  readonly outcome: string
  readonly code?: string
  readonly message?: string
  readonly time?: string
}

/** What became of each reading of a stored file. */
const readings: ('open' | 'closed')[] = []

async function* watched(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reading = readings.push('open') - 1
  try {
    yield* bytes
  } finally {
    readings[reading] = 'closed'
  }
}

let api: ApiUnderTest
let calls: ReturnType<typeof bulkOperations>
let workflowId: string
beforeAll(async () => {
  api = await startApi({ files: (disk) => ({ ...disk, read: (...asked) => watched(disk.read(...asked)) }) })
  calls = bulkOperations(api)
  const { rows } = await api.pool.query<{ workflow_id: string }>(
    'select workflow_id from enrollment_designs where tenant_id = $1',
    [api.tenantId],
  )
  workflowId = rows[0]?.workflow_id ?? ''
})
afterAll(() => api.stop())

async function logOf(id: string): Promise<readonly Entry[]> {
  return (await (await calls.get(`/v2/mobileFlashPass/download/logs/${id}`)).json()) as Entry[]
}

/** Inserts enrollments with an address: their ids. */
async function enrolled(count: number): Promise<readonly string[]> {
  const { rows } = await api.pool.query<{ id: string }>(
    `insert into enrollment_records (tenant_id, design_id, fields)
     select tenant_id, id, jsonb_build_object('FirstName', 'Ann', 'Email', 'ann@example.com')
     from enrollment_designs, generate_series(1, $2::integer) where tenant_id = $1 returning id`,
    [api.tenantId, count],
  )
  return rows.map(({ id: key }) => encodeEnrollmentId({ workflowId, key }))
}

/** Settles messages of an operation at that time, as a courier would. */
async function settle(id: string, rows: readonly number[], time: string): Promise<void> {
  await api.pool.query(
    `update outbox set settled_at = $3 where row_number = any($2)
     and operation_number = (select number from operations where id = $1)`,
    [id, rows, time],
  )
}

describe('the log of an operation', () => {
  it.each([
    ['v1/mobileFlashPass', '/v2/mobileFlashPass', {}],
    ['v2/mobileFlashPass', '/v2/mobileFlashPass', {}],
    ['v1/print', '/v2/print', { printer: { name: 'PDF' } }],
    ['v2/print', '/v2/print', { printer: { name: 'PDF' } }],
  ])('at %s is a JSON attachment, also of one that no worker has taken up', async (path, creation, rest) => {
    const { id } = await calls.created(creation, { ids: ['first', '', PUBLISHED_ID], ...rest })
    const answer = await calls.get(`/${path}/download/logs/${id}`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${path.slice(3)}_${id}.json"`)
    expect(await answer.json()).toEqual([
      { row: 1, id: 'first', outcome: 'unprocessed' },
      { row: 2, id: '', outcome: 'unprocessed' },
      { row: 3, id: PUBLISHED_ID, outcome: 'unprocessed' },
    ])
    const other = path.endsWith('print') ? 'mobileFlashPass' : 'print'
    const foreign = [`/v2/${other}/download/logs/${id}`, `/${path}/download/logs/${randomUUID()}`]
    for (const each of foreign) expect((await calls.get(each)).status).toBe(404)
  })

  it('tells the outcome of each row, while the operation runs and when it has ended', async () => {
    const [sent = '', refused = '', waiting = ''] = await enrolled(3)
    const missing = encodeEnrollmentId({ workflowId, key: '999999999' })
    const unknown = encodeEnrollmentId({ workflowId: randomUUID(), key: '1' })
    const ids = [sent, '', PUBLISHED_ID, refused, missing, waiting, unknown]
    const { id } = await calls.created('/v2/mobileFlashPass', { ids })
    await api.work()
    const at = new Date('2026-02-19T13:15:27.500Z')
    await api.pool.query('update chunks set at = $1', [at])
    const time = '2026-02-19T13:15:27Z'
    const failed = (row: number, code: 'INVALID_ENROLLMENT_ID' | 'ENROLLMENT_NOT_FOUND' | 'DESIGN_NOT_FOUND') =>
      ({ row, id: ids[row - 1], outcome: 'failed', code, message: rowMessage({ code }), time }) as const
    const wrong = [
      expect.objectContaining({ row: 2, id: '', outcome: 'failed', time }),
      failed(3, 'INVALID_ENROLLMENT_ID'),
      failed(5, 'ENROLLMENT_NOT_FOUND'),
      failed(7, 'DESIGN_NOT_FOUND'),
    ]
    const unsent = [1, 4, 6].map((row) => ({ row, id: ids[row - 1], outcome: 'unprocessed' }))
    expect(await logOf(id)).toEqual([unsent[0], wrong[0], wrong[1], unsent[1], wrong[2], unsent[2], wrong[3]])

    await settle(id, [1], '2026-02-19T13:16:00Z')
    await settle(id, [4], '2026-02-19T13:17:00Z')
    await api.pool.query(
      `insert into failed_rows (operation_number, row_number, ordinal, tenant_id, line, code, params)
       select number, 4, 0, tenant_id, 4, 'MAIL_REFUSED', '{"reply": "550"}' from operations where id = $1`,
      [id],
    )
    const told = await logOf(id)
    expect(told[0]).toEqual({ row: 1, id: sent, outcome: 'succeeded', time: '2026-02-19T13:16:00Z' })
    expect(told[3]).toEqual({
      row: 4,
      id: refused,
      outcome: 'failed',
      code: 'MAIL_REFUSED',
      message: 'The mail server refused the mail: 550. Correct the address, and run the row again.',
      time: '2026-02-19T13:17:00Z',
    })
    expect(told[5]).toEqual(unsent[2])
    await calls.remove(`/v1/mobileFlashPass/cancel/${id}`)
    expect(await logOf(id)).toEqual(told)
  })

  it('is not there any more when the files were removed', async () => {
    const { id } = await calls.created('/v2/mobileFlashPass', { ids: ['x'] })
    await calls.change(id, `state = 'CANCELLED', ended_at = now(), files_removed_at = now()`)
    const answer = await calls.get(`/v2/mobileFlashPass/download/logs/${id}`)
    expect(answer.status).toBe(404)
    expect(await errorOf(answer)).toMatchObject({ code: 'not_found', message: expect.stringContaining('removed') })
  })

  it('of a great many rows has all of them in their order', async () => {
    const { id } = await calls.created('/v2/mobileFlashPass', { ids: Array.from({ length: 50_000 }, () => '') })
    const told = await logOf(id)
    expect(told).toHaveLength(50_000)
    expect(told.every(({ row }, index) => row === index + 1)).toBe(true)
  })

  it('of an uploaded file tells its ids too, and is not made any further when its reader is gone', async () => {
    const rows = 250_000
    const body = form([
      ['type', 'SEND_MFP'],
      ['file', ['ids.csv', `ID\n${'x\n'.repeat(rows)}`]],
    ])
    const scopes = [...SCOPES, 'OPERATIONS:ADD']
    const { id } = await read(await api.call('/v1/operations', { method: 'POST', body, scopes }))
    const path = `/api/web/v2/mobileFlashPass/download/logs/${id}`
    const headers = { authorization: await api.token(SCOPES) }
    const whole = await (await fetch(api.url + path, { headers })).text()
    const told = JSON.parse(whole) as Entry[]
    expect(told).toHaveLength(rows)
    expect(told.at(-1)).toEqual({ row: rows, id: 'x', outcome: 'unprocessed' })

    expect((await api.call(path, { method: 'HEAD', scopes: SCOPES })).status).toBe(200)
    expect(readings).not.toContain('open')
    const gone = new AbortController()
    const answer = await fetch(api.url + path, { signal: gone.signal, headers })
    await answer.body?.getReader().read()
    expect(readings).toContain('open')
    gone.abort()
    await expect.poll(() => readings, { timeout: 10_000 }).not.toContain('open')
    expect(api.lines.filter((line) => line['level'] === 'error')).toEqual([])
  })
})
