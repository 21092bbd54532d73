import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../api-under-test.ts'

const SCOPES = ['id360.quick_enrollment.ALL', 'id360.job.ALL']

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

async function errorOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  return ((await response.json()) as { error: { code: string; title: string; detail: string } }).error
}

describe('everything under /api/v1', () => {
  it('that is not there is a page not found', async () => {
    for (const path of ['', '/', '/nothing', '/jobs/1/2/3', '/protection/quick-enrollment', '/operations']) {
      const response = await api.call(`/api/v1${path}`, { scopes: SCOPES })
      expect(response.status).toBe(404)
      expect(await errorOf(response)).toMatchObject({ code: '00000104', title: 'Page Not Found' })
    }
  })

  it('takes no other method than its own, and says which that is', async () => {
    const wrong = [
      ['GET', '/protection/quick-enrollment/upload-csv', 'POST'],
      ['PUT', '/protection/quick-enrollment/upload-csv', 'POST'],
      ['GET', '/protection/quick-enrollment/upload-smartcards', 'POST'],
      ['POST', '/protection/quick-enrollment/sample-csv', 'GET'],
      ['DELETE', '/jobs', 'GET'],
      ['PATCH', '/jobs/1', 'GET'],
      ['POST', '/jobs/1/failed-rows', 'GET'],
    ] as const
    for (const [method, path, allowed] of wrong) {
      const response = await api.call(`/api/v1${path}`, { method, scopes: SCOPES })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toContain(allowed)
      expect(await errorOf(response)).toMatchObject({ code: '00000105', title: 'Unsupported HTTP Method' })
    }
  })

  it('is unauthorized without a token', async () => {
    for (const path of ['/jobs', '/jobs/1', '/jobs/1/failed-rows', '/protection/quick-enrollment/sample-csv']) {
      const response = await api.fetch(`/api/v1${path}`)
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(/^Zoho-oauthtoken/)
      expect(await errorOf(response)).toMatchObject({ code: '00000101', title: 'Unauthorized' })
    }
  })

  it('is a bad request when the path cannot be read', async () => {
    const response = await api.call('/api/v1/jobs/%E0%A4%A', { scopes: SCOPES })
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ code: '00000100', title: 'Bad Request' })
  })

  it('is an internal server error when something breaks here, and tells nothing of it', async () => {
    await api.pool.query('alter table lanes rename to lanes_gone')
    try {
      const response = await api.call('/api/v1/jobs', { scopes: SCOPES })
      expect(response.status).toBe(500)
      const error = await errorOf(response)
      expect(error).toMatchObject({ code: '00000000', title: 'Internal Server Error' })
      expect(error.detail).not.toMatch(/lanes|relation/)
    } finally {
      await api.pool.query('alter table lanes_gone rename to lanes')
    }
  })
})
