import { FileStoreFailure } from '@muster/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../api-under-test.ts'
import { read } from '../read.ts'

describe('a file store that fails', () => {
  let api: ApiUnderTest
  let failure: FileStoreFailure
  beforeAll(async () => {
    api = await startApi({
      files: (disk) => ({ ...disk, write: () => Promise.reject(failure) }),
    })
  })
  afterAll(() => api.stop())

  async function upload() {
    const form = new FormData()
    form.set('type', 'IMPORT_USERS')
    form.set('file', new File(['userId,email\na,a@example.org\n'], 'users.csv'))
    return api.call('/v1/operations', { method: 'POST', body: form, scopes: ['BULKUSERS:ADD', 'OPERATIONS:ADD'] })
  }

  it('is told as what is away, when it is, and not as a database that is', async () => {
    failure = Object.assign(new FileStoreFailure('S3 PutObject failed: ECONNREFUSED', true), { code: 'ECONNREFUSED' })
    const answer = await upload()
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await read(answer)).toMatchObject({
      detail: 'The file store cannot be reached; try again in some seconds.',
    })
  })

  it('is told as an error of ours, when it refuses us', async () => {
    failure = new FileStoreFailure('S3 PutObject failed: AccessDenied (HTTP 403)', false)
    const answer = await upload()
    expect(answer.status).toBe(500)
    expect(JSON.stringify(await read(answer))).not.toContain('AccessDenied')
  })
})
