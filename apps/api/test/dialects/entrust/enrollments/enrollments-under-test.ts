import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'

export const SCOPES = ['ENROLLMENTS:VIEW', 'ENROLLMENTS:ADD', 'ENROLLMENTS:EDIT', 'ENROLLMENTS:REMOVE']
export const BASE = '/api/web/v2/enrollments'
export const BADGE = `${BASE}/Employee%20Badge`

/** An EnrollmentResponse, as the description has it. */
export interface Told {
  readonly id: string
  readonly status: 'Success' | 'Failure'
  readonly error: string
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}

interface Sent {
  readonly method?: string
  readonly body?: unknown
  readonly scopes?: readonly string[]
  readonly tenant?: string
}

export const fieldsOf = (values: Readonly<Record<string, unknown>>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }))
export const badge = (number: string, more: Readonly<Record<string, unknown>> = {}) => ({
  fields: fieldsOf({ FirstName: 'Ann', LastName: 'Anders', EmployeeNumber: number, ...more }),
})
export const valuesOf = ({ fields }: Told) => Object.fromEntries(fields.map(({ name, value }) => [name, value]))

/** For a file of tests: an API for all of them, and no enrollments before each. */
export function enrollmentsUnderTest() {
  let api: ApiUnderTest
  beforeAll(async () => {
    api = await startApi()
  })
  afterAll(() => api.stop())
  beforeEach(async () => {
    await api.pool.query('truncate enrollment_records, enrollment_unique_values, passes')
  })

  const send = (path: string, { method = 'POST', body, scopes = SCOPES, tenant = 'default' }: Sent = {}) =>
    api.call(path, {
      method,
      scopes,
      tenant,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  const tell = async (path: string, sent: Sent): Promise<readonly Told[]> => {
    const answer = await send(path, sent)
    expect(answer.status).toBe(200)
    return (await answer.json()) as readonly Told[]
  }
  const create = (records: readonly unknown[]) => tell(BADGE, { body: records })
  return {
    api: () => api,
    send,
    tell,
    create,
    async createOne(number: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
      const [made] = await create([badge(number, more)])
      if (made?.status !== 'Success') throw new Error(`the enrollment was not made: ${made?.error}`)
      return made.id
    },
    get: async (id: string) => (await (await send(`${BASE}/${id}`, { method: 'GET' })).json()) as Told,
  }
}
