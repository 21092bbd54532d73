import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'
import { form, type Parts } from '../../../forms.ts'

const SCOPES = ['OPERATIONS:VIEW', 'OPERATIONS:ADD', 'BULKUSERS:ADD', 'USERS:VIEW', 'GROUPS:ADD']

interface Operation {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly paused: boolean
  readonly detail: string
  readonly rows: {
    readonly total: number
    readonly succeeded: number
    readonly failed: number
    readonly resolved: number
  }
  readonly retryOf: string | null
  readonly maxFailedRows: number | null
  readonly lastName: string
  readonly firstName: string
  readonly attributes: Record<string, string>
}

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())
beforeEach(() => api.pool.query('truncate users, groups'))

const told = async (answer: Response) => (await answer.json()) as Operation
const get = async (path: string) => told(await api.call(path, { scopes: SCOPES }))
const user = (id: string) => get(`/v1/users/${id}`)

/** A CSV as these bytes or this text, applied: the operation. */
async function uploaded(content: string | Buffer, parts: Parts = []): Promise<Operation> {
  const file = ['file', ['users.csv', typeof content === 'string' ? content : new Uint8Array(content)]] as const
  const body = form([['type', 'IMPORT_USERS'], ...parts, file])
  const { id } = await told(await api.call('/v1/operations', { method: 'POST', body, scopes: SCOPES }))
  await api.work()
  return get(`/v1/operations/${id}`)
}

async function failedRows(id: string): Promise<Buffer> {
  const answer = await api.call(`/v1/operations/${id}/failed-rows`, { scopes: SCOPES })
  expect(answer.status).toBe(200)
  return Buffer.from(await answer.arrayBuffer())
}

function retry(id: string, content?: string | Buffer, parts: Parts = [], headers: Record<string, string> = {}) {
  const file =
    content === undefined
      ? []
      : [['file', ['again.csv', typeof content === 'string' ? content : new Uint8Array(content)]] as const]
  const body = content === undefined ? {} : { body: form([...parts, ...file]) }
  return api.call(`/v1/operations/${id}/retry`, { method: 'POST', scopes: SCOPES, headers, ...body })
}

async function retried(id: string, content?: string | Buffer, parts: Parts = []): Promise<Operation> {
  const answer = await retry(id, content, parts)
  const child = await told(answer)
  expect(answer.status, child.detail).toBe(201)
  expect(answer.headers.get('location')).toBe(`/v1/operations/${child.id}`)
  expect(child).toMatchObject({ state: 'SCHEDULED', retryOf: id })
  await api.work()
  return get(`/v1/operations/${child.id}`)
}

// 太郎, ポ (whose second byte is a pipe's) and 表 (a backslash's).
const TARO = Buffer.from([0x91, 0xbe, 0x98, 0x59])
const PO_HYOU = Buffer.from([0x83, 0x7c, 0x95, 0x5c])
const SHIFT_JIS = Buffer.concat([
  Buffer.from('userId,firstName,email\na,'),
  TARO,
  Buffer.from(',wrong\nb,ok,b@example.com\nc,'),
  PO_HYOU,
  Buffer.from(',wrong\n'),
])

/** The same bytes with a correction in ASCII. */
const corrected = (file: Buffer, from: string, to: string) =>
  Buffer.from(file.toString('latin1').replaceAll(from, to), 'latin1')

describe('a failed-rows file that is corrected and sent back', () => {
  it('brings its rows through, in the encoding of the upload', async () => {
    const parent = await uploaded(SHIFT_JIS, [['encoding', 'Shift_JIS']])
    expect(parent.rows).toMatchObject({ total: 3, succeeded: 1, failed: 2, resolved: 0 })
    const child = await retried(parent.id, corrected(await failedRows(parent.id), ',wrong', ',x@example.com'))
    expect(child).toMatchObject({ state: 'COMPLETED', rows: { total: 2, succeeded: 2, failed: 0 } })
    expect((await user('a')).firstName).toBe('太郎')
    expect((await user('c')).firstName).toBe('ポ表')
    expect((await get(`/v1/operations/${parent.id}`)).rows.resolved).toBe(2)
  })

  it('may come in another encoding', async () => {
    const parent = await uploaded(SHIFT_JIS, [['encoding', 'Shift_JIS']])
    const text = new TextDecoder('shift_jis').decode(await failedRows(parent.id)).replaceAll(',wrong', ',x@example.com')
    const child = await retried(parent.id, text, [
      ['encoding', 'UTF-8'],
      ['name', 'Second go'],
    ])
    expect(child).toMatchObject({ name: 'Second go', rows: { total: 2, succeeded: 2 } })
    expect((await user('c')).firstName).toBe('ポ表')
  })

  it('resolves a row once, however often it is sent', async () => {
    const parent = await uploaded('userId,email\na,wrong\nb,wrong\n')
    const file = corrected(await failedRows(parent.id), ',wrong', ',x@example.com')
    await retried(parent.id, file)
    await api.pool.query('truncate users')
    expect((await retried(parent.id, file)).rows.succeeded).toBe(2)
    expect((await get(`/v1/operations/${parent.id}`)).rows).toMatchObject({ failed: 2, resolved: 2 })
  })

  it('takes rows whose number is none, or of a row that did not fail, for rows of their own', async () => {
    const parent = await uploaded('userId,email\na,wrong\nb,b@example.com\n')
    const rows = ['c,x', 'd,0', 'e,2', 'f,3', 'g,-1', 'h,99999999999999999999', 'i,1.0', 'j,']
    const child = await retried(parent.id, `userId,_row\n${rows.join('\n')}\n`)
    expect(child.rows).toMatchObject({ total: 8, succeeded: 8 })
    expect((await get(`/v1/operations/${parent.id}`)).rows.resolved).toBe(0)
    await retried(parent.id, 'userId,_row\nk, 1 \n')
    expect((await get(`/v1/operations/${parent.id}`)).rows.resolved).toBe(1)
  })
})

describe('a cell that a spreadsheet would run', () => {
  const cells = ['=1+1', "'=1+1", '@a', "''-b", '+', "'plain"]
  const source = `userId,lastName,=note,email\n${cells.map((cell, i) => `u${i},${cell},${cell},wrong`).join('\n')}\n`

  it.each([
    ['as a retry', (id: string, file: string) => retried(id, file)],
    ['as a new operation', (_: string, file: string) => uploaded(file)],
  ])('is guarded in the file, and comes back unchanged %s', async (_, send) => {
    const parent = await uploaded(source)
    const file = (await failedRows(parent.id)).toString()
    expect(file).toContain("u0,'=1+1,'=1+1,")
    expect(file).toContain("userId,lastName,'=note,email,_row")
    const sent = await send(parent.id, file.replaceAll(',wrong', ',x@example.com'))
    expect(sent.rows).toMatchObject({ succeeded: cells.length, failed: 0 })
    for (const [index, cell] of cells.entries()) {
      expect(await user(`u${index}`)).toMatchObject({ lastName: cell, attributes: { '=note': cell } })
    }
  })

  it('survives several rounds, and columns in another order', async () => {
    const parent = await uploaded(source)
    const child = await retried(parent.id, await failedRows(parent.id))
    expect(child.rows.failed).toBe(cells.length)
    const lines = (await failedRows(child.id)).toString().trimEnd().split('\r\n')
    // The message holds commas: it is left out of the way, and the other columns turned round.
    const turned = lines.map((line) => {
      const [userId, lastName, note, email, row] = line.split(',')
      return [row === '_row' ? '_line,_code,_column,_message' : ',,,', row, email, note, lastName, userId].join(',')
    })
    const again = await retried(child.id, `${turned.join('\n').replaceAll(',wrong', ',x@example.com')}\n`)
    expect(again.rows).toMatchObject({ succeeded: cells.length })
    for (const [index, cell] of cells.entries()) expect((await user(`u${index}`)).lastName).toBe(cell)
    expect((await get(`/v1/operations/${child.id}`)).rows.resolved).toBe(cells.length)
  })
})

describe('a retry without a body', () => {
  const group = (name: string) =>
    api.call('/v1/groups', {
      method: 'POST',
      scopes: SCOPES,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name }),
    })

  it('runs the rows as they are, until there is nothing left to retry', async () => {
    const parent = await uploaded('userId,group\na,Later\nb,\nc,Later\n,\n')
    expect(parent.rows).toMatchObject({ total: 4, failed: 3 })
    await group('Later')
    const child = await retried(parent.id)
    expect(child.rows).toMatchObject({ total: 3, succeeded: 2, failed: 1 })
    expect((await get(`/v1/operations/${parent.id}`)).rows.resolved).toBe(2)
    expect((await failedRows(child.id)).toString()).toMatch(/^userId,group,_row,_line.*\r\n,,3,3,REQUIRED,userId,/)

    await retried(parent.id, 'userId,_row\nd,4\n')
    const answer = await retry(parent.id)
    expect(answer.status).toBe(409)
    expect((await told(answer)).detail).toMatch(/nothing to retry/)
  })

  it('is one operation for one Idempotency-Key', async () => {
    const parent = await uploaded('userId\n""\n')
    const headers = { 'Idempotency-Key': '"once"' }
    const [first, second] = [
      await retry(parent.id, undefined, [], headers),
      await retry(parent.id, undefined, [], headers),
    ]
    expect((await told(second)).id).toBe((await told(first)).id)
    const { rows } = await api.pool.query(
      'select 1 from operations where parent_number is not null and request_key = $1',
      ['once'],
    )
    expect(rows).toHaveLength(1)
  })

  it('is gone with the data, while the corrected rows may still be sent', async () => {
    const parent = await uploaded('userId,email\na,wrong\n')
    const file = await failedRows(parent.id)
    await api.services.files.remove(`operations/${parent.id}`)
    await api.pool.query('update operations set files_removed_at = now() where id = $1', [parent.id])
    expect((await retry(parent.id)).status).toBe(410)
    expect((await retried(parent.id, corrected(file, ',wrong', ',x@example.com'))).rows.succeeded).toBe(1)
    expect((await get(`/v1/operations/${parent.id}`)).rows.resolved).toBe(1)
  })
})

describe('a retry', () => {
  it('is for operations that have ended', async () => {
    const body = form([
      ['type', 'IMPORT_USERS'],
      ['file', ['users.csv', 'userId\na\n']],
    ])
    const { id } = await told(await api.call('/v1/operations', { method: 'POST', body, scopes: SCOPES }))
    const answer = await retry(id)
    expect(answer.status).toBe(409)
    expect(await told(answer)).toMatchObject({ state: 'SCHEDULED', paused: false })
    expect((await retry(id, 'userId\nb\n')).status).toBe(409)
    await api.work()
  })

  it('needs the permission of the type, and is for the tenant alone', async () => {
    const parent = await uploaded('userId\n""\n')
    const path = `/v1/operations/${parent.id}/retry`
    const ask = (options: { scopes: string[]; tenant?: string }) => api.call(path, { method: 'POST', ...options })
    expect((await ask({ scopes: ['OPERATIONS:ADD'] })).status).toBe(403)
    expect((await ask({ scopes: ['BULKUSERS:ADD'] })).status).toBe(403)
    expect((await ask({ scopes: SCOPES, tenant: 'other' })).status).toBe(404)
  })

  it('is under the failure policy of the operation', async () => {
    const parent = await uploaded('userId\n""\n')
    await api.pool.query('update operations set max_failed_rows = 7 where id = $1', [parent.id])
    for (const child of [await retried(parent.id), await retried(parent.id, 'userId\nx\n')]) {
      const { rows } = await api.pool.query('select max_failed_rows from operations where id = $1', [child.id])
      expect(rows).toEqual([{ max_failed_rows: '7' }])
    }
  })

  it('tells what is wrong with its file, and leaves nothing behind', async () => {
    const parent = await uploaded('userId\n""\n')
    const before = await api.stored()
    expect((await retry(parent.id, 'email\nx@example.com\n')).status).toBe(400)
    expect((await retry(parent.id, 'userId\nx\n', [['encoding', 'EBCDIC']])).status).toBe(400)
    expect(await api.stored()).toEqual(before)
  })
})
