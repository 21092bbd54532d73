import { FACTOR_TYPES } from '@muster/contracts'
import { listFactorConfigs } from '@muster/database'
import { isEnrolledByCsv } from '@muster/operations'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../api-under-test.ts'
import { factorConfigsByType } from './factor-configs-by-type.ts'

const PATH = '/api/v1/protection/quick-enrollment/sample-csv'
const SCOPES = ['id360.quick_enrollment.ALL', 'id360.job.READ']

let api: ApiUnderTest
/** Ids of every config for CSV; hardware tokens too. */
let csvIds: readonly string[]

beforeAll(async () => {
  api = await startApi()
  await api.pool.query(
    `insert into factor_configs (tenant_id, name, factor_type, settings)
     values ($1, 'Key, fob', 'CustomTOTPAuthenticator', '{"token_type": "hardware"}')`,
    [api.tenantId],
  )
  csvIds = (await listFactorConfigs(api.pool, api.tenantId)).filter(isEnrolledByCsv).map(({ id }) => id)
  await api.pool.query(
    `insert into users (tenant_id, user_id, email) values ($1, 'alice', 'alice@example.com'), ($1, 'bob', 'bob@example.com')`,
    [api.tenantId],
  )
})
afterAll(() => api.stop())

function sample(query: string, scopes: readonly string[] = SCOPES): Promise<Response> {
  return api.call(`${PATH}?${query}`, { scopes })
}

async function upload(csv: Blob, ids: readonly string[]): Promise<Response> {
  const body = new FormData()
  body.append('file', csv, 'sample.csv')
  body.append('factor_configs', ids.join(','))
  body.append('overwrite_enrollment_data', 'true')
  return api.call('/api/v1/protection/quick-enrollment/upload-csv', { method: 'POST', scopes: SCOPES, body })
}

describe('sample-csv', () => {
  it('is a CSV to save', async () => {
    const config = await factorConfigsByType(api)
    const response = await sample(`factor_configs=${config('EmailAuthenticator').id},${config('SMSAuthenticator').id}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="sample_quick_enrollment.csv"')
    expect((await response.text()).split('\r\n')).toEqual([
      'Primary Email,Email,Mobile Number',
      expect.stringMatching(/@.*@.*\+\d+$/),
      expect.stringMatching(/@.*@.*\+\d+$/),
      '',
    ])
  })

  it('has the columns of exactly the configs asked for, in each of the four forms', async () => {
    const config = await factorConfigsByType(api)
    const [duo, totp] = [config('DUOAuthenticator').id, config('CustomTOTPAuthenticator').id]
    const forms = [
      `factor_configs=${duo},${totp}`,
      `factor_configs=${duo}&factor_configs=${totp}`,
      `factor_configs[]=${duo}&factor_configs%5B%5D=${totp}`,
      `factor_configs=${encodeURIComponent(JSON.stringify([duo, Number(totp)]))}`,
    ]
    for (const form of forms) {
      const [header] = (await (await sample(form)).text()).split('\r\n')
      expect(header).toBe('Primary Email,Duo Username,Custom TOTP Secret Key')
    }
  })

  it('is accepted by upload-csv whatever the configs, and every row succeeds when its user exists', async () => {
    const subsets = fc.uniqueArray(fc.constantFrom(...csvIds), { minLength: 1, maxLength: csvIds.length })
    await fc.assert(
      fc.asyncProperty(subsets, async (ids) => {
        const csv = await (await sample(`factor_configs=${ids}`)).blob()
        const uploaded = await upload(csv, ids)
        const { data } = (await uploaded.json()) as { data: { id: string } }
        expect(uploaded.status).toBe(200)
        await api.work()
        const job = await api.call(`/api/v1/jobs/${data.id}`, { scopes: SCOPES })
        expect(await job.json()).toMatchObject({
          data: { status: 'COMPLETED', details: { total: 2, succeeded: 2, unchanged: 0, failed: 0, result: [] } },
        })
      }),
      { numRuns: 8, examples: [[[...csvIds]]] },
    )
    const { rows } = await api.pool.query<{ count: number }>('select count(*)::integer as count from enrollments')
    expect(rows[0]?.count).toBe(2 * csvIds.length)
  })

  it('is refused for configs that are missing, unknown or not for CSV, all told', async () => {
    for (const query of ['', 'factor_configs=']) {
      const response = await sample(query)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        error: { code: '00000107', detail: expect.stringMatching(/factor_configs is missing/) },
      })
    }
    const config = await factorConfigsByType(api)
    const unfit = FACTOR_TYPES.map(config).filter((each) => !isEnrolledByCsv(each))
    expect(unfit.length).toBe(3)
    const response = await sample(`factor_configs=${unfit.map(({ id }) => id)},12,x`)
    const { error } = (await response.json()) as { error: { code: string; detail: string; causes: unknown[] } }
    expect(error.code).toBe('00000107')
    for (const { name } of unfit) expect(error.detail).toContain(`"${name}"`)
    expect(error.causes.length).toBe(5)
  })

  it('needs the scope ALL or READ', async () => {
    const query = `factor_configs=${csvIds[0]}`
    expect((await sample(query, ['ID360.quick_enrollment.read'])).status).toBe(200)
    const response = await sample(query, ['id360.quick_enrollment.WRITE', 'id360.quick_enrollment.CREATE'])
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { code: '00000106' } })
  })
})
