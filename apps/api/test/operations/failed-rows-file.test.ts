import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../api-under-test.ts'
import { form } from '../forms.ts'
import { read } from '../read.ts'

const SCOPES = ['OPERATIONS:ADD', 'OPERATIONS:VIEW', 'BULKUSERS:ADD']
const ROWS = 100_000

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
let path: string
beforeAll(async () => {
  api = await startApi({
    maxUploadBytes: 64 * 1024 * 1024,
    files: (disk) => ({ ...disk, read: (key, from) => watched(disk.read(key, from)) }),
  })
  const csv = `userId,email\n${`,${'x'.repeat(200)}\n`.repeat(ROWS)}`
  const body = form([
    ['type', 'IMPORT_USERS'],
    ['file', ['bad.csv', csv]],
  ])
  const { id, number } = await read(await api.call('/v1/operations', { method: 'POST', body, scopes: SCOPES }))
  await api.pool.query(
    `insert into failed_rows (operation_number, row_number, ordinal, tenant_id, line, code, column_name)
     select $1, n, 0, $2, n + 1, 'REQUIRED', 'userId' from generate_series(1, ${ROWS}) n`,
    [number, api.tenantId],
  )
  path = `/v1/operations/${id}/failed-rows`
})
afterAll(() => api.stop())

describe('the failed-rows file', () => {
  it('has every failed row', async () => {
    const text = await (await api.call(path, { scopes: SCOPES })).text()
    const lines = text.split('\r\n')
    expect(lines).toHaveLength(ROWS + 2)
    expect(lines[ROWS]).toMatch(new RegExp(`^,x{200},${ROWS},${ROWS + 1},REQUIRED,userId,`))
    expect(readings).toEqual(['closed'])
  })

  it('is not made any further when its reader is gone', async () => {
    const gone = new AbortController()
    const answer = await api.call(path, { scopes: SCOPES, signal: gone.signal })
    await answer.body?.getReader().read()
    expect(readings).toEqual(['closed', 'open'])
    gone.abort()
    await expect.poll(() => readings).toEqual(['closed', 'closed'])
    expect(api.lines.filter((line) => line['level'] === 'error')).toEqual([])
  })

  it('is cut, not ended, when the stored file is gone', async () => {
    await api.services.files.remove('operations')
    const answer = api.call(path, { scopes: SCOPES }).then((response) => response.text())
    await expect(answer).rejects.toThrow()
  })
})
