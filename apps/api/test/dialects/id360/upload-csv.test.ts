import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { FactorConfig, FactorType } from '@muster/contracts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../api-under-test.ts'
import { factorConfigsByType } from './factor-configs-by-type.ts'

const MAX_UPLOAD_BYTES = 64 * 1024
const PATH = '/api/v1/protection/quick-enrollment/upload-csv'

let api: ApiUnderTest
let token: string
let config: (type: FactorType) => FactorConfig

beforeAll(async () => {
  api = await startApi({ maxUploadBytes: MAX_UPLOAD_BYTES })
  config = await factorConfigsByType(api)
  token = await api.token(['id360.quick_enrollment.CREATE'])
})
afterAll(() => api.stop())
afterEach(removeAccepted)

/** So that what the next upload makes and leaves can be counted. */
async function removeAccepted(): Promise<void> {
  await api.pool.query('delete from operations')
  await api.services.files.remove('operations')
}

type Part = readonly [name: string, value: string | Blob]

const CSV = 'Primary Email,Email\r\nalice@example.com,alice@example.com\r\n'
const file = (content: string | Uint8Array<ArrayBuffer> = CSV): Part => [
  'file',
  new Blob([content], { type: 'text/csv' }),
]
const emailConfig = (): Part => ['factor_configs', config('EmailAuthenticator').id]

async function upload(parts: readonly Part[], headers: Record<string, string> = {}) {
  const form = new FormData()
  for (const [name, value] of parts) {
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, value, 'users.csv')
  }
  return api.fetch(PATH, {
    method: 'POST',
    headers: { Authorization: `Zoho-oauthtoken ${token}`, ...headers },
    body: form,
  })
}

interface ErrorJson {
  readonly error: { code: string; title: string; detail: string; causes?: { title: string; detail: string }[] }
}

/** The error of an answer, once it is sure that nothing of the upload stayed. */
async function refusalOf(response: Response): Promise<ErrorJson['error']> {
  const { error } = (await response.json()) as ErrorJson
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(await countOperations()).toBe(0)
  expect(await api.stored()).toEqual([])
  return error
}

async function countOperations(): Promise<number> {
  const { rows } = await api.pool.query<{ count: number }>('select count(*)::integer as count from operations')
  return rows[0]?.count ?? -1
}

interface Accepted {
  readonly number: string
  readonly id: string
  readonly options: { factorConfigs: { id: string }[]; overwrite: boolean }
  readonly source: { encoding: string; fileName: string; bytes: number }
}

/** The operation that the answer tells of. */
async function acceptedBy(response: Response): Promise<Accepted> {
  const body = await response.json()
  expect(response.status, JSON.stringify(body)).toBe(200)
  const { rows } = await api.pool.query<Accepted>('select number, id, options, source from operations')
  const [operation] = rows
  if (operation === undefined || rows.length > 1) throw new Error(`${rows.length} operations`)
  expect(await api.stored()).toEqual([operation.id, `${operation.id}/source`].map((path) => `operations/${path}`))
  expect(body).toEqual({
    data: {
      id: operation.number,
      status: 'RUNNING',
      message: 'Enrollment Process is initiated, check jobs for current status',
    },
    links: { status: { href: `/jobs/${operation.number}` } },
  })
  return operation
}

describe('upload-csv', () => {
  it('takes the parts in any order', async () => {
    const parts = [file(), emailConfig(), ['file_encoding', 'utf-8'], ['overwrite_enrollment_data', 'TRUE']] as const
    for (const order of [
      [0, 1, 2, 3],
      [1, 2, 3, 0],
      [3, 0, 2, 1],
    ]) {
      const operation = await acceptedBy(await upload(order.flatMap((index) => (parts[index] ? [parts[index]] : []))))
      expect(operation.options.overwrite).toBe(true)
      expect(operation.source).toMatchObject({ encoding: 'UTF-8', fileName: 'users.csv', bytes: CSV.length })
      await removeAccepted()
    }
  })

  it('takes factor_configs in all four forms, before and after the file', async () => {
    const ids = [config('EmailAuthenticator').id, config('SMSAuthenticator').id]
    const csv = file('Primary Email,Email,Mobile Number\nalice@example.com,,+14155550123\n')
    const forms: readonly (readonly Part[])[] = [
      ids.map((id) => ['factor_configs', id] as const),
      ids.map((id) => ['factor_configs[]', id] as const),
      [['factor_configs', JSON.stringify(ids)]],
      [['factor_configs', JSON.stringify(ids.map(Number))]],
      [['factor_configs', ids.join(',')]],
      [['factor_configs', [...ids, ...ids].join(', ')]],
    ]
    for (const form of forms) {
      for (const parts of [
        [csv, ...form],
        [...form, csv],
      ]) {
        const { options } = await acceptedBy(await upload(parts))
        expect(options.factorConfigs.map(({ id }) => id)).toEqual(ids)
        await removeAccepted()
      }
    }
  })

  it('takes UTF-8 and leaves who is enrolled alone unless told otherwise', async () => {
    const { options, source } = await acceptedBy(await upload([file(), emailConfig()]))
    expect(options.overwrite).toBe(false)
    expect(source.encoding).toBe('UTF-8')
  })

  it('reads the header in the declared encoding', async () => {
    const { rows } = await api.pool.query<{ id: string }>(
      `insert into factor_configs (tenant_id, name, factor_type, settings)
       values ($1, 'トークン', 'CustomTOTPAuthenticator', '{"token_type": "software"}') returning id`,
      [api.tenantId],
    )
    const id = rows[0]?.id ?? ''
    const shiftJis = Buffer.from('8367815b834e8393', 'hex')
    const csv = Uint8Array.from([
      ...Buffer.from('Primary Email,'),
      ...shiftJis,
      ...Buffer.from(' Secret Key\r\nalice@example.com,JBSWY3DPEHPK3PXP\r\n'),
    ])
    const declared = await upload([file(csv), ['factor_configs', id], ['file_encoding', 'shift_jis']])
    expect((await acceptedBy(declared)).source.encoding).toBe('Shift_JIS')
    await removeAccepted()
    const error = await refusalOf(await upload([file(csv), ['factor_configs', id]]))
    expect(error).toMatchObject({ code: '00000114', causes: [{ title: 'UNREADABLE_HEADER' }] })
  })

  it('takes both schemes of authorization, and any of the three scopes in any case', async () => {
    for (const scheme of ['Zoho-oauthtoken', 'zoho-oauthtoken', 'Bearer']) {
      await acceptedBy(await upload([file(), emailConfig()], { Authorization: `${scheme} ${token}` }))
      await removeAccepted()
    }
    for (const scope of [
      'id360.quick_enrollment.ALL',
      'ID360.QUICK_ENROLLMENT.write',
      'id360.quick_enrollment.create',
    ]) {
      const Authorization = `Bearer ${await api.token(['other', scope])}`
      await acceptedBy(await upload([file(), emailConfig()], { Authorization }))
      await removeAccepted()
    }
  })
})

describe('upload-csv refuses', () => {
  it('a missing or bad token, and one without the scope', async () => {
    for (const Authorization of ['', 'Zoho-oauthtoken', 'Zoho-oauthtoken x.y.z', `Basic ${token}`, token]) {
      const response = await upload([file(), emailConfig()], { Authorization })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(/^Zoho-oauthtoken/)
      expect(await refusalOf(response)).toMatchObject({ code: '00000101', title: 'Unauthorized' })
    }
    const scopes = ['id360.quick_enrollment.READ', 'id360.job.ALL', 'OPERATIONS:ADD', 'BULKENROLLMENTS:ADD']
    const response = await upload([file(), emailConfig()], { Authorization: `Bearer ${await api.token(scopes)}` })
    expect(response.status).toBe(403)
    expect(await refusalOf(response)).toMatchObject({ code: '00000106', title: 'Forbidden' })
  })

  it('every wrong parameter, all of them at once', async () => {
    const response = await upload([
      file(),
      ['factor_configs', `77,abc,${config('FIDOAuthenticator').id}`],
      ['file_encoding', 'UTF-16'],
      ['overwrite_enrollment_data', 'yes'],
    ])
    expect(response.status).toBe(400)
    const { code, title, detail, causes } = await refusalOf(response)
    expect({ code, title }).toEqual({ code: '00000107', title: 'Invalid Parameter' })
    expect(causes?.length).toBe(5)
    expect(detail).toMatch(/names 77/)
    expect(detail).toMatch(/"abc"/)
    expect(detail).toMatch(/"FIDO"/)
    expect(detail).toMatch(
      /Big5, EUC-JP, EUC-KR, GB2312, ISO-2022-JP, ISO-8859-1, KOI8-R, Shift_JIS, US-ASCII, UTF-8, WINDOWS-1251, X-WINDOWS-ISO2022JP/,
    )
    expect(detail).toMatch(/overwrite_enrollment_data takes true or false/)
  })

  it('factor configs in which nobody is enrolled by CSV, naming each', async () => {
    for (const type of ['SmartCardAuthenticator', 'FIDOAuthenticator', 'SAMLAuthenticator'] as const) {
      const { id, name } = config(type)
      const error = await refusalOf(await upload([file(), emailConfig(), ['factor_configs', id]]))
      expect(error.code).toBe('00000107')
      expect(error.detail).toContain(id)
      expect(error.detail).toContain(`"${name}"`)
    }
  })

  it('no factor config at all, and one of another tenant', async () => {
    for (const parts of [[file()], [file(), ['factor_configs', '']], [['factor_configs', '[]'], file()]] as Part[][]) {
      expect(await refusalOf(await upload(parts))).toMatchObject({
        code: '00000107',
        detail: expect.stringMatching(/factor_configs is missing/),
      })
    }
    const { id } = config('EmailAuthenticator')
    const Authorization = `Bearer ${await api.token(['id360.quick_enrollment.ALL'], 'test')}`
    const error = await refusalOf(await upload([file(), ['factor_configs', id]], { Authorization }))
    expect(error).toMatchObject({ code: '00000107', detail: expect.stringContaining(id) })
  })

  it('a parameter given twice', async () => {
    const twice: Part[] = [
      ['file_encoding', 'UTF-8'],
      ['file_encoding', 'Big5'],
      ['overwrite_enrollment_data', 'true'],
      ['overwrite_enrollment_data', 'true'],
    ]
    const { code, causes } = await refusalOf(await upload([...twice, file(), emailConfig()]))
    expect(code).toBe('00000107')
    expect(causes?.length).toBe(2)
  })

  it('a form without a file, with two, or with a part that is not expected', async () => {
    const forms: Part[][] = [
      [emailConfig()],
      [file(), emailConfig(), ['delimiter', ';']],
      [emailConfig(), ['attachment', new Blob([CSV])]],
      [emailConfig(), ['file', 'a,b']],
    ]
    for (const parts of forms) {
      expect(await refusalOf(await upload(parts))).toMatchObject({ code: '00000107', title: 'Invalid Parameter' })
    }
    const two = await upload([file(), file(), emailConfig()])
    expect(two.status).toBe(400)
    expect((await refusalOf(two)).code).toMatch(/^0000010[07]$/)
  })

  it.each([
    ['DUPLICATE_COLUMNS', 'Primary Email,Email,email\na@example.com,,\n', /"email"/],
    ['MISSING_COLUMNS', 'Primary Email\na@example.com\n', /"Email".*"Email"/],
    ['UNKNOWN_COLUMNS', 'Primary Email,Email,Shoe Size\na@example.com,,\n', /"Shoe Size"/],
    ['EMPTY_FILE', '', /./],
    ['EMPTY_FILE', '\n\r\n', /./],
    ['EMPTY_FILE', 'Primary Email,Email\n', /./],
    ['UNREADABLE_HEADER', Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0, 0xff, 0xfe, 10, 1]), /./],
    ['UNREADABLE_HEADER', 'Primary Email,"Email\na@example.com,\n', /./],
  ] as const)('a header with %s', async (title, content, detail) => {
    const response = await upload([file(content), emailConfig()])
    expect(response.status).toBe(400)
    expect(await refusalOf(response)).toEqual({
      code: '00000114',
      title: 'CSV_UPLOAD_FAILED',
      detail: "Selected CSV file's header is not consistent with this import option.",
      causes: [{ title, detail: expect.stringMatching(detail) }],
    })
  })

  it('a header with several causes, telling every one', async () => {
    const sms: Part = ['factor_configs', config('SMSAuthenticator').id]
    const response = await upload([file('Email,email,Shoe Size\na,b,c\n'), emailConfig(), sms])
    const { causes } = await refusalOf(response)
    expect(causes?.map(({ title }) => title).sort()).toEqual([
      'DUPLICATE_COLUMNS',
      'MISSING_COLUMNS',
      'MISSING_COLUMNS',
      'UNKNOWN_COLUMNS',
    ])
    expect(causes?.some(({ detail }) => detail.includes('"Mobile Number"') && detail.includes('"SMS"'))).toBe(true)
  })

  it('another media type, a malformed form, and a file that is too large', async () => {
    const headers = { Authorization: `Bearer ${token}` }
    const media = await api.fetch(PATH, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'text/csv' },
      body: CSV,
    })
    expect(media.status).toBe(415)
    expect(await refusalOf(media)).toMatchObject({ code: '00000103', title: 'Unsupported Media Type' })
    const type = 'multipart/form-data; boundary=x'
    const malformed = await api.fetch(PATH, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': type },
      body: '--x\r\n',
    })
    expect(malformed.status).toBe(400)
    expect(await refusalOf(malformed)).toMatchObject({ code: '00000100', title: 'Bad Request' })
    const large = await upload([file(CSV + 'x'.repeat(MAX_UPLOAD_BYTES)), emailConfig()])
    expect(large.status).toBe(413)
    expect(await refusalOf(large)).toMatchObject({ code: '00000113', title: 'Content Too Large' })
  })

  it('a request that tells no length and is not chunked', async () => {
    const sent = request(api.url + PATH, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'multipart/form-data; boundary=x' },
    })
    sent.removeHeader('transfer-encoding')
    sent.useChunkedEncodingByDefault = false
    const answered = new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      sent.once('error', reject)
      sent.once('response', (response) => {
        text(response).then((body) => resolve({ status: response.statusCode, body }), reject)
      })
    })
    sent.end()
    const { status, body } = await answered
    expect(status).toBe(411)
    expect(JSON.parse(body)).toMatchObject({ error: { code: '00000108', title: 'Content Length is Required' } })
  })
})
