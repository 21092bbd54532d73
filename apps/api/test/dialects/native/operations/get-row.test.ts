import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'
import { form } from '../../../forms.ts'
import { read } from '../../../read.ts'

const SCOPES = ['OPERATIONS:ADD', 'OPERATIONS:VIEW', 'BULKUSERS:ADD', 'BULKENROLLMENTS:ADD', 'FACTORCONFIGS:VIEW']

interface ToldRow {
  readonly row: number
  readonly outcome: 'succeeded' | 'unchanged' | 'failed' | 'unprocessed' | null
  readonly line: number | null
  readonly byte: number | null
  readonly mistakes: readonly { readonly code: string; readonly column: string | null; readonly message: string }[]
}

let api: ApiUnderTest
let emailConfig: string
beforeAll(async () => {
  api = await startApi()
  const { factorConfigs } = await read(await get('/v1/factor-configs'))
  emailConfig = factorConfigs[0]?.id ?? ''
})
afterAll(() => api.stop())

const get = (path: string, tenant = 'default') => api.call(path, { scopes: SCOPES, tenant })

async function upload(type: string, content: string): Promise<string> {
  const fields = type === 'QUICK_ENROLLMENT' ? [['factor_configs', emailConfig] as const] : []
  const body = form([['type', type], ...fields, ['file', ['x.csv', content]]])
  const answer = await api.call('/v1/operations', { method: 'POST', body, scopes: SCOPES })
  expect(answer.status).toBe(201)
  return (await read(answer)).id
}

async function row(id: string, number: number): Promise<ToldRow> {
  const answer = await get(`/v1/operations/${id}/rows/${number}`)
  expect(answer.status).toBe(200)
  return (await answer.json()) as ToldRow
}

const ROWS = 260
const address = (n: number) => `r${n}@example.com`
const numbers = Array.from({ length: ROWS }, (_, i) => i + 1)

/** What becomes of row n of the mixed file. */
function expected(n: number): ToldRow['outcome'] {
  if (n % 13 === 0 || n % 7 === 0) return 'failed'
  return n % 3 === 0 ? 'unchanged' : 'succeeded'
}

describe('what is told of a row', () => {
  it('adds up, row by row, to the counts of a mixed file, and stays when the file is gone', async () => {
    await upload('IMPORT_USERS', `userId,email\n${numbers.map((n) => `r${n},${address(n)}\n`).join('')}`)
    await api.work()
    const header = 'Primary Email,Email\n'
    const enrolled = numbers.filter((n) => n % 3 === 0)
    await upload('QUICK_ENROLLMENT', header + enrolled.map((n) => `${address(n)},${address(n)}\n`).join(''))
    await api.work()
    const records = numbers.map((n) =>
      n % 13 === 0 ? `é,"${n}` : n % 7 === 0 ? `${address(n)},no address` : `${address(n)},${address(n)}`,
    )
    const id = await upload('QUICK_ENROLLMENT', `\ufeff${header}${records.map((each) => `${each}\n`).join('')}`)
    await api.work()

    const { rows } = (await (await get(`/v1/operations/${id}`)).json()) as { rows: Record<string, number> }
    const told: ToldRow[] = []
    for (const n of numbers) told.push(await row(id, n))
    expect(told.map(({ outcome }) => outcome)).toEqual(numbers.map(expected))
    const count = (outcome: string) => told.filter((each) => each.outcome === outcome).length
    expect(rows).toMatchObject({
      total: ROWS,
      succeeded: count('succeeded'),
      unchanged: count('unchanged'),
      failed: count('failed'),
      unprocessed: 0,
    })
    let byte = Buffer.byteLength(`\ufeff${header}`)
    for (const [index, record] of records.entries()) {
      expect(told[index]).toMatchObject({ row: index + 1, line: index + 2, byte })
      byte += Buffer.byteLength(record) + 1
    }
    expect(told[6]?.mistakes).toEqual([
      {
        code: 'INVALID_EMAIL',
        column: 'Email',
        message: 'Not an email address; write it like name@example.com.',
      },
    ])

    await api.services.files.remove(`operations/${id}`)
    await api.pool.query('update operations set files_removed_at = now() where id = $1', [id])
    for (const n of [1, 3, 7, ROWS]) {
      const line = expected(n) === 'failed' ? n + 1 : null
      expect(await row(id, n)).toEqual({ ...told[n - 1], line, byte: null })
    }
  })

  it('is that it was not reached, where the operation was stopped before it', async () => {
    const csv = `userId,email\n${Array.from({ length: 500 }, (_, i) => `s${i},${i === 120 ? 'no' : ''}\n`).join('')}`
    const id = await upload('IMPORT_USERS', csv)
    expect(await row(id, 501)).toMatchObject({ outcome: 'unprocessed', line: null, byte: null, mistakes: [] })
    await api.pool.query('update operations set max_failed_rows = 0 where id = $1', [id])
    await api.work()
    const operation = await (await get(`/v1/operations/${id}`)).json()
    expect(operation).toMatchObject({ state: 'FAILED', rows: { total: 500, failed: 1 } })
    expect(await row(id, 100)).toMatchObject({ outcome: 'succeeded', line: 101 })
    expect(await row(id, 121)).toMatchObject({ outcome: 'failed', line: 122, mistakes: [{ code: 'INVALID_EMAIL' }] })
    expect(await row(id, 500)).toEqual({ row: 500, outcome: 'unprocessed', line: null, byte: null, mistakes: [] })
    expect((await get(`/v1/operations/${id}/rows/501`)).status).toBe(404)
  })

  it.each(['0', '-1', '1.5', 'x', '9999999999999999', '01'])('is nothing for the row %s', async (number) => {
    const id = await upload('IMPORT_USERS', 'userId\na\n')
    expect((await get(`/v1/operations/${id}/rows/${number}`)).status).toBe(404)
  })

  it("is nothing to another tenant's caller", async () => {
    const id = await upload('IMPORT_USERS', 'userId\na\n')
    expect((await get(`/v1/operations/${id}/rows/1`, 'another')).status).toBe(404)
    expect((await get(`/v1/operations/${id}/errors`, 'another')).status).toBe(404)
  })
})

describe('what is wrong with the rows', () => {
  it('is told by code and column, the most frequent first', async () => {
    const records = Array.from({ length: 400 }, (_, i) => {
      const email = i % 4 === 0 ? 'no address' : ''
      return i % 100 === 50 ? `w"${i},` : `w${i},${email},${i % 40 === 0 ? 'Nowhere' : ''}`
    })
    const id = await upload('IMPORT_USERS', `userId,email,group\n${records.join('\n')}\nw1,,\n`)
    expect(await (await get(`/v1/operations/${id}/errors`)).json()).toEqual({ errors: [] })
    await api.work()
    const answer = await get(`/v1/operations/${id}/errors`)
    expect(await answer.json()).toEqual({
      errors: [
        {
          code: 'INVALID_EMAIL',
          column: 'email',
          rows: 100,
          firstRows: [1, 5, 9, 13, 17, 21, 25, 29, 33, 37],
          message: 'Not an email address; write it like name@example.com.',
        },
        {
          code: 'GROUP_NOT_FOUND',
          column: 'group',
          rows: 10,
          firstRows: [1, 41, 81, 121, 161, 201, 241, 281, 321, 361],
          message: expect.stringContaining('No group of this name'),
        },
        {
          code: 'MALFORMED_ROW',
          column: null,
          rows: 4,
          firstRows: [51, 151, 251, 351],
          message: expect.stringMatching(/^Not a well-formed CSV record: /),
        },
        {
          code: 'DUPLICATE_KEY',
          column: 'userId',
          rows: 1,
          firstRows: [401],
          message: 'Row 2 has the same key and was applied; keep one of the two.',
        },
      ],
    })
  })
})
