import type { FactorConfig, FactorType } from '@muster/contracts'
import { zip } from '@muster/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../api-under-test.ts'
import { form, type Parts } from '../../forms.ts'
import { factorConfigsByType } from './factor-configs-by-type.ts'

const MAX_UPLOAD_BYTES = 64 * 1024
const PATH = '/api/v1/protection/quick-enrollment/upload-smartcards'
const SCOPES = ['id360.quick_enrollment.CREATE', 'id360.job.READ']

let api: ApiUnderTest
let config: (type: FactorType) => FactorConfig

beforeAll(async () => {
  api = await startApi({ maxUploadBytes: MAX_UPLOAD_BYTES, archiveLimits: { maxEntries: 3 } })
  config = await factorConfigsByType(api)
})
afterAll(() => api.stop())
afterEach(removeAccepted)

/** So that what the next upload makes and leaves can be counted. */
async function removeAccepted(): Promise<void> {
  await api.pool.query('delete from operations')
  await api.services.files.remove('operations')
}

type Part = Parts[number]

const ZIP = new Uint8Array(zip([{ name: 'alice@example.com.cer', data: Buffer.from('none') }, { name: 'folder/' }]))
const file = (content: string | Uint8Array<ArrayBuffer> = ZIP): Part => ['file', ['cards.zip', content]]
const configs = (...types: FactorType[]): Part => ['factor_configs', types.map((type) => config(type).id).join(',')]
const pattern = (value = 'Primary Email'): Part => ['certificate_filename_pattern', value]

const upload = (parts: Parts, init: RequestInit & { scopes?: readonly string[] } = {}) =>
  api.call(PATH, { method: 'POST', body: form(parts), scopes: SCOPES, ...init })

interface ErrorJson {
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly causes?: readonly { readonly title: string; readonly detail: string }[]
}

/** The error of an answer, once it is sure that nothing of the upload stayed. */
async function refusalOf(answer: Response): Promise<ErrorJson & { readonly status: number }> {
  const { error } = (await answer.json()) as { error: ErrorJson }
  expect((await api.pool.query('select 1 from operations')).rows).toEqual([])
  expect(await api.stored()).toEqual([])
  return { status: answer.status, ...error }
}

/** The operation that the answer tells of. */
async function acceptedBy(answer: Response) {
  const body = (await answer.json()) as { data: { id: string } }
  expect(answer.status, JSON.stringify(body)).toBe(200)
  const { rows } = await api.pool.query<Record<'number' | 'type' | 'options' | 'source' | 'state', unknown>>(
    'select number, type, options, source, state from operations',
  )
  expect(rows).toHaveLength(1)
  expect(body).toEqual({
    data: {
      id: rows[0]?.number,
      status: 'RUNNING',
      message: 'Enrollment Process is initiated, check jobs for current status',
    },
    links: { status: { href: `/jobs/${rows[0]?.number}` } },
  })
  return rows[0]
}

describe('upload-smartcards', () => {
  it('takes the parts in any order', async () => {
    const parts = [file(), configs('SmartCardAuthenticator'), pattern(' employee ID'), overwrite('True')] as const
    for (const order of [
      [0, 1, 2, 3],
      [2, 1, 3, 0],
      [3, 0, 2, 1],
    ]) {
      const operation = await acceptedBy(await upload(order.flatMap((index) => (parts[index] ? [parts[index]] : []))))
      expect(operation).toMatchObject({
        type: 'SMART_CARD_ENROLLMENT',
        state: 'SCHEDULED',
        options: {
          overwrite: true,
          pattern: 'Employee ID',
          factorConfigs: [{ id: config('SmartCardAuthenticator').id }],
        },
        source: { kind: 'zip', fileName: 'cards.zip', bytes: ZIP.length },
      })
      await removeAccepted()
    }
  })

  it('leaves who is enrolled alone unless told otherwise', async () => {
    const operation = await acceptedBy(await upload([file(), configs('SmartCardAuthenticator'), pattern()]))
    expect(operation?.options).toMatchObject({ overwrite: false, pattern: 'Primary Email' })
  })

  it('is a job, whose failed rows are told by the names of their files', async () => {
    const accepted = await acceptedBy(await upload([file(), configs('SmartCardAuthenticator'), pattern()]))
    await api.work()
    const job = await api.call(`/api/v1/jobs/${accepted?.number}`, { scopes: SCOPES })
    expect(await job.json()).toMatchObject({
      data: {
        action_name: 'Quick Enrollment',
        module: 'Protection',
        status: 'WARNING',
        details: { entity: 'user', total: 1, failed: 1, result: [{ id: '1', status: 'ERROR' }] },
      },
    })
    const listed = await api.call('/api/v1/jobs', { scopes: SCOPES })
    expect(await listed.json()).toMatchObject({ data: [{ id: accepted?.number, status: 'WARNING' }] })
    const csv = await (await api.call(`/api/v1/jobs/${accepted?.number}/failed-rows`, { scopes: SCOPES })).text()
    expect(csv.split('\r\n')[0]).toBe('file,_row,_code,_message')
    expect(csv.split('\r\n')[1]).toMatch(/^alice@example.com.cer,1,.*NOT_A_CERTIFICATE/)
  })

  it('makes one job of requests with one Idempotency-Key', async () => {
    const parts = [file(), configs('SmartCardAuthenticator'), pattern()]
    const headers = { 'Idempotency-Key': '"cards"' }
    const [first, second] = [await upload(parts, { headers }), await upload(parts, { headers })]
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(await second.json()).toEqual(await first.clone().json())
    await acceptedBy(first)
  })
})

const overwrite = (value: string): Part => ['overwrite_enrollment_data', value]

describe('upload-smartcards refuses', () => {
  it('a missing token, and one without the scope', async () => {
    const parts = [file(), configs('SmartCardAuthenticator'), pattern()]
    const none = await api.fetch(PATH, { method: 'POST', body: form(parts) })
    expect(await refusalOf(none)).toMatchObject({ status: 401, code: '00000101' })
    const other = await upload(parts, { scopes: ['id360.quick_enrollment.READ', 'BULKENROLLMENTS:ADD'] })
    expect(await refusalOf(other)).toMatchObject({ status: 403, code: '00000106' })
  })

  it('every wrong parameter, all of them at once', async () => {
    const wrong = [file(), configs('EmailAuthenticator', 'FIDOAuthenticator'), pattern('Surname'), overwrite('yes')]
    const { causes, detail, ...error } = await refusalOf(await upload(wrong))
    expect(error).toEqual({ status: 400, code: '00000107', title: 'Invalid Parameter' })
    expect(causes).toHaveLength(4)
    const { id, name } = config('EmailAuthenticator')
    expect(detail).toContain(`factor_configs names ${id} ("${name}"), of type EmailAuthenticator`)
    expect(detail).toMatch(/use upload-csv\. .*of type FIDOAuthenticator, .*; leave it out\./)
    expect(detail).toContain('certificate_filename_pattern takes one of Primary Email, Employee ID, Mobile Number.')
    expect(detail).toContain('overwrite_enrollment_data takes true or false.')
  })

  it('a form in which something is missing or too much', async () => {
    const cards = configs('SmartCardAuthenticator')
    const forms: readonly (readonly [Parts, number, RegExp])[] = [
      [[file()], 2, /pattern is missing.*factor_configs is missing/],
      [[file(), cards], 1, /certificate_filename_pattern is missing/],
      [[file(), cards, pattern(''), pattern('Employee ID')], 2, /more than once/],
      [[cards, pattern()], 0, /no file/],
      [[file(), cards, pattern(), ['file_encoding', 'UTF-8']], 0, /"file_encoding" that is not expected/],
    ]
    for (const [parts, causes, detail] of forms) {
      const error = await refusalOf(await upload(parts))
      expect(error).toMatchObject({ status: 400, code: '00000107', detail: expect.stringMatching(detail) })
      expect(error.causes ?? []).toHaveLength(causes)
    }
  })

  it.each<[string, () => string | Uint8Array<ArrayBuffer>, RegExp]>([
    ['a CSV', () => 'Primary Email\nalice@example.com\n', /not a ZIP archive/],
    ['nothing', () => '', /not a ZIP archive/],
    ['a ZIP that was cut short', () => ZIP.slice(0, -30), /not a ZIP archive/],
    ['too many entries', () => new Uint8Array(zip(['a', 'b', 'c', 'd'].map((name) => ({ name })))), /more than 3/],
  ])('%s for an archive', async (_, content, detail) => {
    const error = await refusalOf(await upload([file(content()), configs('SmartCardAuthenticator'), pattern()]))
    expect(error).toMatchObject({
      status: 400,
      code: '00000107',
      title: 'Invalid Parameter',
      causes: [{ title: 'ARCHIVE_REFUSED', detail: expect.stringMatching(detail) }],
    })
    expect(error.detail).toMatch(detail)
  })

  it('another media type, and a file that is too large', async () => {
    const media = await upload([], { body: ZIP, headers: { 'Content-Type': 'application/zip' } })
    expect(await refusalOf(media)).toMatchObject({ status: 415, code: '00000103' })
    const large = await upload([file(new Uint8Array(MAX_UPLOAD_BYTES + 1)), configs('SmartCardAuthenticator')])
    expect(await refusalOf(large)).toMatchObject({ status: 413, code: '00000113' })
  })
})

describe('upload-csv and its sample', () => {
  it('say where smart cards are enrolled', async () => {
    const { id } = config('SmartCardAuthenticator')
    const path = '/api/v1/protection/quick-enrollment'
    const body = form([file('Primary Email\n'), ['factor_configs', id]])
    const scopes = ['id360.quick_enrollment.ALL']
    for (const answer of [
      await api.call(`${path}/upload-csv`, { method: 'POST', body, scopes }),
      await api.call(`${path}/sample-csv?factor_configs=${id}`, { scopes }),
    ]) {
      expect(await refusalOf(answer)).toMatchObject({
        code: '00000107',
        detail: expect.stringMatching(/of type SmartCardAuthenticator, .* by CSV; for that, use upload-smartcards\./),
      })
    }
  })
})
