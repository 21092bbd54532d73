import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../api-under-test.ts'
import { factorConfigsByType } from './factor-configs-by-type.ts'

interface JobJson {
  readonly id: string
  readonly status: string
  readonly message?: string
  readonly start_time?: string
  readonly end_time?: string
  readonly details: {
    total: number | null
    succeeded: number
    failed: number
    result?: { id: string; message: string }[]
  }
}

const READ = ['id360.job.READ']
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

let api: ApiUnderTest
/** Of a job that went through: 120 failed rows of 121. */
let warned: string
/** Of another that waits. */
let queued: string

beforeAll(async () => {
  api = await startApi()
  await api.pool.query(`insert into users (tenant_id, user_id, email) values ($1, 'alice', 'alice@example.com')`, [
    api.tenantId,
  ])
  const bad = Array.from({ length: 120 }, (_, n) => `nobody${n}@example.com,not an address\n`)
  warned = await upload(`Primary Email,Email\nalice@example.com,alice@example.com\n${bad.join('')}`)
  await api.work()
  queued = await upload('Primary Email,Email\nalice@example.com,alice@example.com\n')
})
afterAll(() => api.stop())

async function upload(csv: string): Promise<string> {
  const body = new FormData()
  body.append('file', new Blob([csv]), 'enroll.csv')
  body.append('factor_configs', (await factorConfigsByType(api))('EmailAuthenticator').id)
  const path = '/api/v1/protection/quick-enrollment/upload-csv'
  const response = await api.call(path, { method: 'POST', body, scopes: ['id360.quick_enrollment.WRITE'] })
  return ((await response.json()) as { data: { id: string } }).data.id
}

/** Writes a job that a worker has ended, or has in hand. */
async function write(
  state: string,
  startedAt: string,
  fields: { type?: string; fault?: string } = {},
): Promise<string> {
  const { rows } = await api.pool.query<{ number: string }>(
    `insert into operations (id, tenant_id, type, name, state, reason, options, source, created_by, changed_by, started_at,
       total, ended_at)
     values ($1, $2, $3, 'test', $4, coalesce($6, 'test'), '{}', '{}', 'test', 'test', $5, 10,
       case when $4 in ('COMPLETED', 'FAILED', 'CANCELLED') then now() end) returning number`,
    [randomUUID(), api.tenantId, fields.type ?? 'QUICK_ENROLLMENT', state, startedAt, fields.fault ?? null],
  )
  return rows[0]?.number ?? ''
}

async function getJob(id: string): Promise<{ data: JobJson; links: unknown }> {
  const response = await api.call(`/api/v1/jobs/${id}`, { scopes: READ })
  expect(response.status).toBe(200)
  return (await response.json()) as { data: JobJson; links: unknown }
}

interface Page {
  readonly data: JobJson[]
  readonly links: { next?: { href: string } }
}

async function list(query: Record<string, string>): Promise<Page> {
  return listPath(`/jobs?${new URLSearchParams(query)}`)
}

async function listPath(href: string): Promise<Page> {
  const response = await api.call(`/api/v1${href}`, { scopes: READ })
  const body = await response.json()
  expect(response.status, JSON.stringify(body)).toBe(200)
  return body as Page
}

async function refused(
  query: Record<string, string> | string,
): Promise<{ code: string; detail: string; causes: unknown[] }> {
  const response = await api.call(`/api/v1/jobs?${new URLSearchParams(query)}`, { scopes: READ })
  expect(response.status).toBe(400)
  return ((await response.json()) as { error: { code: string; detail: string; causes: unknown[] } }).error
}

const idsOf = ({ data }: Page) => data.map(({ id }) => id)

describe('a job', () => {
  it('tells its counts, its times and its first hundred failed rows', async () => {
    const { data, links } = await getJob(warned)
    expect(links).toEqual({ failed_rows: { href: `/jobs/${warned}/failed-rows` } })
    const { result, ...details } = data.details
    expect({ ...data, details }).toEqual({
      id: warned,
      action_name: 'Quick Enrollment',
      module: 'Protection',
      status: 'WARNING',
      start_time: expect.stringMatching(INSTANT),
      end_time: expect.stringMatching(INSTANT),
      details: { entity: 'user', total: 121, succeeded: 1, unchanged: 0, failed: 120 },
    })
    expect(result?.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, n) => String(n + 2)))
    expect(result?.[0]).toEqual({
      id: '2',
      status: 'ERROR',
      message: expect.stringMatching(/Email: Not an email address/),
    })
    expect(result?.[0]?.message).toMatch(/Primary Email: No such user/)
    expect(JSON.stringify(result)).not.toContain('nobody')
  })

  it('leaves out times that are not known', async () => {
    const { data } = await getJob(queued)
    expect(data).toMatchObject({ status: 'QUEUED', details: { total: null, succeeded: 0, failed: 0, result: [] } })
    expect(data).not.toHaveProperty('start_time')
    expect(data).not.toHaveProperty('end_time')
    expect(data).not.toHaveProperty('message')
  })

  it('that failed as a whole says why', async () => {
    const id = await write('FAILED', '2025-04-04T13:12:13Z', { fault: 'The file is gone.' })
    expect((await getJob(id)).data).toMatchObject({ status: 'ERROR', message: 'The file is gone.' })
    await api.pool.query('delete from operations where number = $1', [id])
  })

  it('gives its failed rows as the native dialect does', async () => {
    const response = await api.call(`/api/v1/jobs/${warned}/failed-rows`, { scopes: READ })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8$/i)
    const csv = await response.text()
    const lines = csv.trimEnd().split('\r\n')
    expect(lines.length).toBe(121)
    expect(lines[0]).toBe('Primary Email,Email,_row,_line,_code,_column,_message')
    expect(lines[1]).toMatch(/^nobody0@example\.com,not an address,2,3,/)
    const { rows } = await api.pool.query<{ id: string }>('select id from operations where number = $1', [warned])
    const native = await api.call(`/v1/operations/${rows[0]?.id}/failed-rows`, { scopes: ['OPERATIONS:VIEW'] })
    expect(await native.text()).toBe(csv)
  })

  it("is not found by an id that is none, another tenant's or another type's", async () => {
    const imported = await write('COMPLETED', '2025-04-04T13:12:13Z', { type: 'IMPORT_USERS' })
    for (const id of ['1', 'abc', '-1', '9'.repeat(18), '9'.repeat(40), imported]) {
      for (const path of [`/jobs/${id}`, `/jobs/${id}/failed-rows`]) {
        const response = await api.call(`/api/v1${path}`, { scopes: READ })
        expect(response.status).toBe(404)
        expect(await response.json()).toMatchObject({ error: { code: '00000104', title: 'Page Not Found' } })
      }
    }
    for (const path of [`/jobs/${warned}`, `/jobs/${warned}/failed-rows`]) {
      expect((await api.call(`/api/v1${path}`, { scopes: READ, tenant: 'test' })).status).toBe(404)
    }
    await api.pool.query('delete from operations where number = $1', [imported])
  })

  it('needs the scope ALL or READ', async () => {
    for (const path of ['/jobs', `/jobs/${warned}`, `/jobs/${warned}/failed-rows`]) {
      const status = async (scopes: string[]) => (await api.call(`/api/v1${path}`, { scopes })).status
      expect(await status(['ID360.JOB.all'])).toBe(200)
      expect(await status(['id360.job.READ'])).toBe(200)
      expect(await status(['id360.quick_enrollment.ALL', 'OPERATIONS:VIEW'])).toBe(403)
    }
  })
})

describe('the list of jobs', () => {
  /** Newest first. */
  const made: string[] = []

  beforeAll(async () => {
    for (const [state, second] of [
      ['PROCESSING', 14],
      ['FAILED', 15],
      ['CANCELLED', 16],
      ['COMPLETED', 17],
    ] as const) {
      made.unshift(await write(state, `2025-04-04T13:12:${second}.000400Z`))
    }
  })

  it('is newest first, without failed rows', async () => {
    const page = await list({})
    expect(idsOf(page)).toEqual([...made, queued, warned])
    expect(page.links).toEqual({})
    expect(page.data.map(({ status }) => status)).toEqual([
      'COMPLETED',
      'ERROR',
      'ERROR',
      'RUNNING',
      'QUEUED',
      'WARNING',
    ])
    for (const job of page.data) expect(job.details).not.toHaveProperty('result')
    expect((await listPath('/jobs')).data.length).toBe(6)
  })

  it("is the tenant's own", async () => {
    const response = await api.call('/api/v1/jobs', { scopes: READ, tenant: 'test' })
    expect(await response.json()).toEqual({ data: [], links: {} })
  })

  it('neither repeats nor misses a job when others arrive between its pages', async () => {
    const ids: string[] = []
    const arrived: string[] = []
    let href: string | undefined = `/jobs?${new URLSearchParams({ limit: '2', filter: 'module eq "Protection"' })}`
    while (href !== undefined) {
      const page: Page = await listPath(href)
      ids.push(...idsOf(page))
      href = page.links.next?.href
      arrived.push(await write('SCHEDULED', '2025-04-04T13:12:18Z'))
    }
    expect(ids).toEqual([...made, queued, warned])
    await api.pool.query('delete from operations where number = any($1)', [arrived])
  })

  it('begins with the job of an id, or after a number of jobs', async () => {
    expect(idsOf(await list({ from: queued }))).toEqual([queued, warned])
    expect(idsOf(await list({ from: '0', limit: '1' }))).toEqual(made.slice(0, 1))
    expect(idsOf(await list({ from: '4' }))).toEqual([queued, warned])
    expect(idsOf(await list({ from: '6' }))).toEqual([])
  })

  it('is filtered by status, module, action and start', async () => {
    const filtered = async (filter: string) => idsOf(await list({ filter }))
    expect(await filtered('module eq "Protection" and status eq "COMPLETED"')).toEqual(made.slice(0, 1))
    expect(await filtered('status eq "error"')).toEqual(made.slice(1, 3))
    expect(await filtered('Status eq "WARNING" or STATUS eq "QUEUED"')).toEqual([queued, warned])
    expect(await filtered('not (status eq "ERROR") and start_time pr')).toEqual([made[0], made[3], warned])
    expect(await filtered('action_name sw "Quick" and start_time lt "2025-04-04T13:12:15.000Z"')).toEqual([made[3]])
    expect(await filtered('start_time eq "2025-04-04T15:12:16.000+02:00"')).toEqual([made[1]])
    expect(await filtered('module eq "Management"')).toEqual([])
    expect(await filtered(`status eq "x' or 1=1 --"`)).toEqual([])
  })

  it('finds a job by the start that it tells', async () => {
    const { start_time } = (await getJob(warned)).data
    expect(idsOf(await list({ filter: `start_time eq "${start_time}"` }))).toEqual([warned])
  })

  it('refuses what it cannot do, all of it at once', async () => {
    const { code, causes, detail } = await refused({ limit: '101', from: 'x', filter: 'end_time pr' })
    expect(code).toBe('00000107')
    expect(causes.length).toBe(3)
    expect(detail).toMatch(/limit.*from.*end_time/)
    for (const limit of ['0', '-1', '1.5', 'all', '']) expect((await refused({ limit })).code).toBe('00000107')
    expect((await refused({ filter: 'start_time sw "2025"' })).detail).toMatch(/sw with start_time/)
    expect((await refused({ filter: 'status eq' })).detail).toMatch(/not a SCIM filter/)
    expect((await refused('limit=1&limit=2')).detail).toMatch(/more than once/)
  })
})
