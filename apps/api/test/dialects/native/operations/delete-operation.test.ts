import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'
import { form, USERS_CSV } from '../../../forms.ts'
import { read } from '../../../read.ts'

const SCOPES = ['OPERATIONS:VIEW', 'OPERATIONS:ADD', 'OPERATIONS:EDIT', 'OPERATIONS:DELETE', 'BULKUSERS:ADD']

let api: ApiUnderTest
let broken = false
beforeAll(async () => {
  const remove = (disk: { remove(key: string): Promise<void> }) => (key: string) =>
    broken ? Promise.reject(new Error('the disk is away')) : disk.remove(key)
  api = await startApi({ files: (disk) => ({ ...disk, remove: remove(disk) }) })
})
afterAll(() => api.stop())

async function created(): Promise<string> {
  const body = form([
    ['type', 'IMPORT_USERS'],
    ['file', ['users.csv', USERS_CSV]],
  ])
  const { id } = await read(await api.call('/v1/operations', { method: 'POST', body, scopes: SCOPES }))
  return id
}
const call = (method: string, path: string, scopes: readonly string[] = SCOPES) => api.call(path, { method, scopes })

describe('an operation that is deleted', () => {
  it('is gone with its files, and what it did stays done', async () => {
    const id = await created()
    await api.work()
    const answer = await call('DELETE', `/v1/operations/${id}`)
    expect(answer.status).toBe(204)
    expect(answer.headers.get('content-length')).toBeNull()
    expect((await api.stored()).filter((path) => path.includes(id))).toEqual([])
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/history'],
      ['GET', '/failed-rows'],
      ['POST', '/cancel'],
      ['DELETE', ''],
    ] as const) {
      expect((await call(method, `/v1/operations/${id}${path}`)).status, `${method} ${path}`).toBe(404)
    }
    expect(await (await call('GET', '/v1/operations')).text()).not.toContain(id)
    const { rows } = await api.pool.query(`select user_id from users where user_id = 'alice'`)
    expect(rows).toHaveLength(1)
  })

  it('must have ended before', async () => {
    const id = await created()
    const answer = await call('DELETE', `/v1/operations/${id}`)
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ state: 'SCHEDULED', paused: false })
    await call('POST', `/v1/operations/${id}/cancel`)
    expect((await call('DELETE', `/v1/operations/${id}`)).status).toBe(204)
  })

  it('needs a permission of its own', async () => {
    const id = await created()
    await call('POST', `/v1/operations/${id}/cancel`)
    const others = SCOPES.filter((scope) => scope !== 'OPERATIONS:DELETE')
    expect((await call('DELETE', `/v1/operations/${id}`, others)).status).toBe(403)
    expect((await call('GET', `/v1/operations/${id}`)).status).toBe(200)
  })

  it('is gone though its files cannot be removed yet, which the operator is told', async () => {
    const id = await created()
    await call('POST', `/v1/operations/${id}/cancel`)
    broken = true
    const answer = await call('DELETE', `/v1/operations/${id}`).finally(() => {
      broken = false
    })
    expect(answer.status).toBe(204)
    expect((await call('GET', `/v1/operations/${id}`)).status).toBe(404)
    expect(api.lines.filter((line) => line['operationId'] === id)).toHaveLength(1)
  })
})
