import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'
import { form } from '../../../forms.ts'

const SCOPES = ['OPERATIONS:VIEW', 'OPERATIONS:ADD', 'BULKUSERS:ADD']
const ROWS = 25

interface Page {
  readonly rows: readonly { row: number; line: number; mistakes: readonly { code: string; column: string }[] }[]
  readonly next: string | null
}

let api: ApiUnderTest
let path: string
beforeAll(async () => {
  api = await startApi()
  // Every second row fails, by two mistakes.
  const lines = Array.from({ length: ROWS * 2 }, (_, i) => (i % 2 === 0 ? `u${i},,\n` : ',no address,\n'))
  const body = form([
    ['type', 'IMPORT_USERS'],
    ['file', ['users.csv', `userId,email,state\n${lines.join('')}`]],
  ])
  const answer = await api.call('/v1/operations', { method: 'POST', body, scopes: SCOPES })
  const { id } = (await answer.json()) as { id: string }
  path = `/v1/operations/${id}/failed-rows`
  await api.work()
})
afterAll(() => api.stop())

const get = (query = '', accept = 'application/json') =>
  api.call(path + query, { scopes: SCOPES, headers: { Accept: accept } })

describe('the failed rows as JSON', () => {
  it('are told page by page, each once, with every mistake', async () => {
    const rows: Page['rows'][number][] = []
    let pages = 0
    for (let next: string | null = `${path}?limit=10`; next !== null; pages++) {
      const page = (await (
        await api.call(next, { scopes: SCOPES, headers: { Accept: 'application/json' } })
      ).json()) as Page
      rows.push(...page.rows)
      next = page.next
    }
    expect(pages).toBe(3)
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: ROWS }, (_, i) => 2 * i + 2))
    for (const { row, line, mistakes } of rows) {
      expect(line).toBe(row + 1)
      expect(mistakes.map(({ code, column }) => `${code} ${column}`)).toEqual([
        'REQUIRED userId',
        'INVALID_EMAIL email',
      ])
    }
    const whole = (await (await get()).json()) as Page
    expect(whole).toEqual({ rows, next: null })
  })

  it('are what is asked for only when JSON is preferred', async () => {
    const typeOf = async (accept: string) => (await get('', accept)).headers.get('content-type')?.split(';')[0]
    expect(await typeOf('application/json, */*;q=0.1')).toBe('application/json')
    expect(await typeOf('*/*')).toBe('text/csv')
    expect(await typeOf('text/csv, application/json;q=0.9')).toBe('text/csv')
    expect(await typeOf('application/json, text/csv;q=0.9')).toBe('application/json')
    expect((await api.call(path, { scopes: SCOPES })).headers.get('content-type')).toMatch(/^text\/csv/)
  })

  it('take a limit and a cursor of theirs, and the CSV takes neither', async () => {
    for (const query of ['?limit=0', '?limit=1001', '?limit=x', '?cursor=abc', '?cursor=', '?page=2']) {
      expect((await get(query)).status, query).toBe(400)
    }
    expect((await get('?limit=5', 'text/csv')).status).toBe(400)
  })

  it('outlive the data, which the CSV needs', async () => {
    await api.pool.query('update operations set files_removed_at = now()')
    const answer = await get('', 'text/csv')
    expect(answer.status).toBe(410)
    expect(((await answer.json()) as { type: string }).type).toBe('urn:muster:problem:gone')
    expect(((await (await get()).json()) as Page).rows).toHaveLength(ROWS)
  })
})
