import { decodeEnrollmentId } from '@muster/contracts'
import { sourceRows } from '@muster/engine'
import { rowReader } from '@muster/text'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'
import { read } from '../../../read.ts'
import { type BulkOperation, bulkOperations, errorOf, PUBLISHED_ID, SCOPES } from './bulk-operations.ts'

const LIMIT = 204_800

let api: ApiUnderTest
let calls: ReturnType<typeof bulkOperations>
beforeAll(async () => {
  api = await startApi()
  calls = bulkOperations(api)
})
afterAll(() => api.stop())

/** The ids of an operation, as a worker will read them. */
async function idsOf(id: string): Promise<readonly string[]> {
  const { source, normalisedKey } = await calls.recordOf(id)
  if (source === null) throw new Error('no source')
  const { files, archives } = api.services
  const ids: string[] = []
  for await (const batch of sourceRows({ source, normalisedKey }, source.start, { files, archives, reader: rowReader }))
    ids.push(...batch.map((row) => row.cells[0] ?? ''))
  return ids
}

/** A body of `POST /v2/mobileFlashPass` of so many bytes. */
function bodyOf(bytes: number): string {
  const around = JSON.stringify({ ids: [''] }).length
  return JSON.stringify({ ids: ['x'.repeat(bytes - around)] })
}

describe.each([
  ['/v2/mobileFlashPass', 'SEND_MFP', {}],
  ['/v2/print', 'PRINT_ENROLLMENTS', { printer: { name: 'PDF' } }],
] as const)('POST %s', (path, type, rest) => {
  it('creates an operation of the ids, each a row, and answers 200 at once', async () => {
    const ids = [PUBLISHED_ID, '', ' a ', '"q",\n', 'ünï', '=1+1', PUBLISHED_ID]
    const answer = await calls.post(path, { ids, ...rest })
    expect(answer.status).toBe(200)
    const told = (await answer.json()) as BulkOperation
    expect(told).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      name: expect.any(String),
      type,
      state: 'SCHEDULED',
      initTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      rowsProcessed: 0,
      rowsFailed: 0,
    })
    expect(await idsOf(told.id)).toEqual(ids)
    expect((await calls.recordOf(told.id)).createdBy).toBe('test')
  })

  it('leaves out members that it does not know', async () => {
    await calls.created(path, { ids: ['x'], ...rest, more: { of: 'it' } })
  })

  it.each<[unknown, string]>([
    [{}, 'ids'],
    [{ ids: null }, 'ids'],
    [{ ids: 'x' }, 'ids'],
    [{ ids: {} }, 'ids'],
    [{ ids: [] }, 'ids'],
    [{ ids: ['x', 1] }, 'ids'],
    [{ ids: [null] }, 'ids'],
    [{ ids: [['x']] }, 'ids'],
  ])('refuses %j', async (body, target) => {
    const answer = await calls.post(path, { ...rest, ...(body as object) })
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toMatchObject({ code: 'invalid_parameter', target })
  })

  it.each(['[]', 'null', '"x"', '1'])('refuses a body that is %s', async (body) => {
    const answer = await calls.postText(path, body)
    expect([answer.status, (await errorOf(answer)).code]).toEqual([400, 'invalid_parameter'])
  })

  it('refuses what is no JSON', async () => {
    const malformed = await calls.postText(path, '{"ids":')
    expect([malformed.status, (await errorOf(malformed)).code]).toEqual([400, 'malformed_request'])
    const form = await calls.postText(path, 'ids=x', { 'content-type': 'application/x-www-form-urlencoded' })
    expect([form.status, (await errorOf(form)).code]).toEqual([400, 'unsupported_media_type'])
  })

  it('does nothing twice for one Idempotency-Key', async () => {
    const key = { 'idempotency-key': `key of ${type}` }
    const first = await (await calls.post(path, { ids: ['x'], ...rest }, key)).json()
    const again = await calls.post(path, { ids: ['x'], ...rest }, key)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await again.json()).toEqual(first)
    const other = await calls.post(path, { ids: ['y'], ...rest }, key)
    expect([other.status, (await errorOf(other)).code]).toEqual([409, 'unprocessable'])
    // A day later the operation alone remembers the key; that it does is no answer to be given again.
    await api.pool.query('delete from idempotency_keys')
    const late = await calls.post(path, { ids: ['y'], ...rest }, key)
    expect([late.status, (await errorOf(late)).code]).toEqual([409, 'unprocessable'])
    const repeated = await calls.post(path, { ids: ['x'], ...rest }, key)
    expect(await repeated.json()).toEqual(first)
  })
})

describe('a body', () => {
  it('of 204,800 bytes passes, and of 204,801 does not, whatever way it is sent', async () => {
    expect(bodyOf(LIMIT)).toHaveLength(LIMIT)
    const passes = await calls.postText('/v2/mobileFlashPass', bodyOf(LIMIT))
    expect(passes.status).toBe(200)
    const { id } = await read(passes)
    expect((await idsOf(id)).map(({ length }) => length)).toEqual([LIMIT - JSON.stringify({ ids: [''] }).length])
    const withKey = await calls.postText('/v2/mobileFlashPass', bodyOf(LIMIT), { 'idempotency-key': 'large' })
    expect(withKey.status).toBe(200)
    for (const [path, body] of [
      ['/v2/mobileFlashPass', bodyOf(LIMIT + 1)],
      ['/v1/mobileFlashPass', bodyOf(LIMIT + 1)],
      ['/v2/print', bodyOf(LIMIT + 1)],
    ] as const) {
      const refused = await calls.postText(path, body)
      expect([refused.status, (await errorOf(refused)).code]).toEqual([400, 'request_too_large'])
    }
    const inPieces = await api.call('/api/web/v2/mobileFlashPass', {
      method: 'POST',
      body: new Blob([bodyOf(LIMIT + 1)]).stream(),
      duplex: 'half',
      scopes: SCOPES,
      headers: { 'content-type': 'application/json' },
    })
    expect([inPieces.status, (await errorOf(inPieces)).code]).toEqual([400, 'request_too_large'])
  })

  it('may have a great many ids', async () => {
    const ids = Array.from({ length: 50_000 }, () => '')
    const { id } = await calls.created('/v2/mobileFlashPass', { ids })
    expect(await idsOf(id)).toHaveLength(50_000)
  })

  it('with a great many mistakes is told a few and how many more', async () => {
    const answer = await calls.post('/v2/print', { ids: Array.from({ length: 50_000 }, () => 1), printer: {} })
    const { message, target } = await errorOf(answer)
    expect(answer.status).toBe(400)
    expect(message).toMatch(/^ids: expected text, but not at 0, 1, .*, 9 and 49990 more places\. printer\.name: /)
    expect(target).toBe('ids')
  })
})

describe('POST /v2/print', () => {
  const print = (printer: unknown) => calls.post('/v2/print', { ids: ['x'], printer })

  it('keeps the printer as it is now, its hopper and its exception message', async () => {
    const { rows } = await api.pool.query<{ id: string }>(`select id from printers where name = 'PDF'`)
    const printer = { id: rows[0]?.id, name: 'PDF', kind: 'pdf', address: null }
    const asked = [
      [{ name: 'PDF' }, { hopper: 1, exceptionMessage: null }],
      [
        { name: 'PDF', hopper: 99, exceptionSlotMessage: 'Füll up' },
        { hopper: 99, exceptionMessage: 'Füll up' },
      ],
      [
        { name: 'PDF', hopper: null, exceptionSlotMessage: null },
        { hopper: 1, exceptionMessage: null },
      ],
    ] as const
    for (const [given, kept] of asked) {
      const { id } = await read(await print(given))
      expect((await calls.recordOf(id)).options).toEqual({ printer, ...kept })
    }
  })

  it.each(['pdf', 'PDF\0', 'nobody’s'])('knows no printer %j', async (name) => {
    const answer = await print({ name })
    expect(answer.status).toBe(404)
    expect(await errorOf(answer)).toMatchObject({ code: 'not_found', target: 'printer.name' })
  })

  it.each<[unknown, readonly string[]]>([
    [undefined, ['printer']],
    ['PDF', ['printer']],
    [{}, ['printer.name']],
    [{ name: '' }, ['printer.name']],
    [{ name: 'PDF', hopper: 0 }, ['printer.hopper']],
    [{ name: 'PDF', hopper: 100 }, ['printer.hopper']],
    [{ name: 'PDF', hopper: 1.5 }, ['printer.hopper']],
    [{ name: 'PDF', hopper: '1' }, ['printer.hopper']],
    [{ name: 'PDF', exceptionSlotMessage: 'x'.repeat(201) }, ['printer.exceptionSlotMessage']],
    [{ name: 'PDF', exceptionSlotMessage: '\0' }, ['printer.exceptionSlotMessage']],
    [{ name: 'PDF', exceptionSlotMessage: '\ud800' }, ['printer.exceptionSlotMessage']],
    [
      { name: 1, hopper: 'x', exceptionSlotMessage: 2 },
      ['printer.name', 'printer.hopper', 'printer.exceptionSlotMessage'],
    ],
  ])('refuses the printer %j, and names everything wrong', async (printer, wrong) => {
    const answer = await print(printer)
    const { code, message, target } = await errorOf(answer)
    expect([answer.status, code, target]).toEqual([400, 'invalid_parameter', wrong[0]])
    for (const member of wrong) expect(message).toContain(`${member}: expected `)
  })
})

describe('POST /v1/mobileFlashPass', () => {
  const DESIGN = 'Employee Badge'

  it('makes ids of the keys, and an operation of these', async () => {
    const { rows } = await api.pool.query<{ workflow_id: string }>('select workflow_id from enrollment_designs')
    const workflowId = rows[0]?.workflow_id ?? ''
    const primaryKeys = ['14', '"', 'ü']
    const { id, type } = await calls.created('/v1/mobileFlashPass', { enrollmentDesignName: DESIGN, primaryKeys })
    expect(type).toBe('SEND_MFP')
    expect((await idsOf(id)).map(decodeEnrollmentId)).toEqual(primaryKeys.map((key) => ({ workflowId, key })))
  })

  it.each(['', 'employee badge', 'x\0'])('knows no design %j', async (enrollmentDesignName) => {
    const answer = await calls.post('/v1/mobileFlashPass', { enrollmentDesignName, primaryKeys: ['1'] })
    expect(answer.status).toBe(404)
    expect(await errorOf(answer)).toMatchObject({ code: 'not_found', target: 'enrollmentDesignName' })
  })

  it('does not know the designs of another tenant', async () => {
    const answer = await api.call('/api/web/v1/mobileFlashPass', {
      method: 'POST',
      tenant: 'other',
      scopes: SCOPES,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ enrollmentDesignName: 'Visitor', primaryKeys: ['1'] }),
    })
    expect(answer.status).toBe(404)
  })

  it('names everything wrong', async () => {
    const answer = await calls.post('/v1/mobileFlashPass', {
      enrollmentDesignName: 1,
      primaryKeys: ['1', 2, 'x', null],
    })
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toEqual({
      code: 'invalid_parameter',
      target: 'enrollmentDesignName',
      message: 'enrollmentDesignName: expected text. primaryKeys: expected text, but not at 1, 3.',
    })
  })
})
