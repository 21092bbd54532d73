import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../api-under-test.ts'
import { form, type Parts } from '../../forms.ts'
import { factorConfigsByType } from '../id360/factor-configs-by-type.ts'

const VIEW = ['OPERATIONS:VIEW']
const SCOPES = [...VIEW, 'OPERATIONS:ADD', 'BULKUSERS:ADD', 'BULKENROLLMENTS:ADD']

interface TypeJson {
  readonly type: string
  readonly columns: {
    readonly properties: Readonly<Record<string, { readonly description?: string }>>
    readonly required: readonly string[]
  }
  readonly rules: { readonly header: readonly string[]; readonly key: string; readonly otherColumns: boolean }
  readonly limits: { readonly fileBytes: number; readonly otherColumns: number }
  readonly options: object
}

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi({ maxUploadBytes: 12_345 })
})
afterAll(() => api.stop())

async function typeOf(path: string): Promise<TypeJson> {
  const answer = await api.call(`/v1/operation-types/${path}`, { scopes: VIEW })
  expect(answer.status).toBe(200)
  return (await answer.json()) as TypeJson
}

async function sampleOf(path: string): Promise<string> {
  const answer = await api.call(`/v1/operation-types/${path}`, { scopes: VIEW })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  return answer.text()
}

/** The rows by column, empty cells left out. No cell of a sample holds a comma or a quote. */
function rowsOf(csv: string): Record<string, string>[] {
  const [header = [], ...rows] = csv
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','))
  return rows.map((cells) =>
    Object.fromEntries(header.map((name, n) => [name, cells[n] ?? ''] as const).filter(([, cell]) => cell !== '')),
  )
}

async function imported(parts: Parts): Promise<unknown> {
  const answer = await api.call('/v1/operations', { method: 'POST', body: form(parts), scopes: SCOPES })
  const { id, detail } = (await answer.json()) as { id: string; detail?: string }
  expect(answer.status, detail).toBe(201)
  await api.work()
  return (await api.call(`/v1/operations/${id}`, { scopes: SCOPES })).json()
}

describe('an operation type', () => {
  it('tells its columns, rules and limits', async () => {
    const { columns, ...told } = await typeOf('IMPORT_USERS')
    expect(told).toMatchObject({
      permission: 'BULKUSERS:ADD',
      rules: { header: ['userId'], otherColumns: true, key: 'userId', repeatedKey: 'DUPLICATE_KEY' },
      limits: { fileBytes: 12_345, recordBytes: 1_048_576, otherColumns: 200 },
      delimiters: [',', ';', '|', '\t'],
    })
    expect(columns).toMatchObject({
      required: ['userId'],
      properties: {
        userId: { type: 'string', maxLength: 255, examples: ['alice', 'bob'] },
        email: { maxLength: 254, format: 'idn-email' },
        mobile: { pattern: expect.stringContaining('\\d') },
        state: { maxLength: 64 },
      },
      additionalProperties: { type: 'string', maxLength: 1024 },
    })
  })

  it('has the columns of the factor configs asked for, and of all that a CSV can enroll in when none is', async () => {
    const config = await factorConfigsByType(api)
    const [email, duo] = [config('EmailAuthenticator').id, config('DUOAuthenticator').id]
    const asked = await typeOf(`QUICK_ENROLLMENT?factorConfigs=${duo},${email}`)
    expect(Object.keys(asked.columns.properties)).toEqual(['Primary Email', 'Duo Username', 'Email'])
    expect(asked.columns.properties['Email']?.description).toContain('"Email"')
    expect(asked.options).toMatchObject({ type: 'object', required: ['factorConfigs'], additionalProperties: false })
    expect(asked.rules).toMatchObject({ header: ['Primary Email', 'Duo Username', 'Email'], otherColumns: false })
    const all = await typeOf('QUICK_ENROLLMENT')
    expect(Object.keys(all.columns.properties).length).toBeGreaterThan(10)
  })

  it('tells the names of the files where its data is a ZIP, which has no sample', async () => {
    const { columns, rules, ...told } = await typeOf('SMART_CARD_ENROLLMENT')
    expect(told).toMatchObject({
      permission: 'BULKENROLLMENTS:ADD',
      data: 'application/zip',
      limits: { recordBytes: null },
      encodings: [],
      delimiters: [],
      options: { required: ['factorConfigs', 'certificateFilenamePattern'] },
    })
    expect(rules).toMatchObject({ header: [], key: 'file', otherColumns: false })
    expect(columns.properties['file']?.description).toContain('an email address')
    const asked = await typeOf('SMART_CARD_ENROLLMENT?certificateFilenamePattern=Mobile%20Number')
    expect(asked.columns.properties['file']?.description).toContain('a mobile number')
    expect(await typeOf('IMPORT_USERS')).toMatchObject({ data: 'text/csv' })
    const sample = await api.call('/v1/operation-types/SMART_CARD_ENROLLMENT/sample', { scopes: VIEW })
    expect(sample.status).toBe(404)
    expect(await sample.json()).toMatchObject({ detail: expect.stringContaining('its data is a ZIP') })
  })

  it('is listed with the others', async () => {
    const answer = await api.call('/v1/operation-types', { scopes: VIEW })
    const { operationTypes } = (await answer.json()) as { operationTypes: TypeJson[] }
    for (const each of operationTypes) expect(each).toEqual(await typeOf(each.type))
    expect(operationTypes.map(({ type }) => type)).toEqual([
      'IMPORT_USERS',
      'QUICK_ENROLLMENT',
      'SMART_CARD_ENROLLMENT',
      'SEND_MFP',
      'REVOKE_MFP',
      'PRINT_ENROLLMENTS',
    ])
  })

  it('is not found by another name, and takes no parameter that it does not have', async () => {
    const status = async (path: string) => (await api.call(`/v1/operation-types/${path}`, { scopes: VIEW })).status
    for (const path of ['import_users', 'constructor', 'X/sample']) expect(await status(path)).toBe(404)
    for (const query of ['x=1', 'factorConfigs=1']) expect(await status(`IMPORT_USERS?${query}`)).toBe(400)
    expect(await status('QUICK_ENROLLMENT?certificateFilenamePattern=Employee%20ID')).toBe(400)
    expect(await status('SMART_CARD_ENROLLMENT?certificateFilenamePattern=Surname')).toBe(400)
    for (const query of ['factorConfigs=1', 'factorConfigs=x', 'factorConfigs=']) {
      expect(await status(`QUICK_ENROLLMENT/sample?${query}`)).toBe(400)
    }
    expect((await api.call('/v1/operation-types', { scopes: ['OPERATIONS:ADD'] })).status).toBe(403)
  })
})

describe('a sample', () => {
  it('has rows that the columns describe', async () => {
    for (const type of ['IMPORT_USERS', 'QUICK_ENROLLMENT']) {
      const fits = new Ajv2020({ strict: false, validateFormats: false }).compile((await typeOf(type)).columns)
      const rows = rowsOf(await sampleOf(`${type}/sample`))
      expect(rows).toHaveLength(2)
      for (const row of rows) expect(fits(row), JSON.stringify(fits.errors)).toBe(true)
    }
  })

  it('is imported as it is: the users, and then their enrollments', async () => {
    const done = { state: 'COMPLETED', rows: { total: 2, succeeded: 2, unchanged: 0, failed: 0, unprocessed: 0 } }
    const users = await sampleOf('IMPORT_USERS/sample')
    const enrollments = await sampleOf('QUICK_ENROLLMENT/sample')
    const config = await factorConfigsByType(api)
    const ids = [
      'EmailAuthenticator',
      'SMSAuthenticator',
      'GoogleAuthenticator',
      'MicrosoftAuthenticator',
      'ZohoOneAuthAuthenticator',
      'CustomTOTPAuthenticator',
      'DUOAuthenticator',
      'SQAAuthenticator',
    ] as const
    expect(
      await imported([
        ['type', 'IMPORT_USERS'],
        ['file', ['users.csv', users]],
      ]),
    ).toMatchObject(done)
    expect(
      await imported([
        ['type', 'QUICK_ENROLLMENT'],
        ['factor_configs', ids.map((type) => config(type).id).join(',')],
        ['file', ['enrollments.csv', enrollments]],
      ]),
    ).toMatchObject(done)
  })
})
