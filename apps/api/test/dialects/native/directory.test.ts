import { certificateAuthority } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../api-under-test.ts'
import { form } from '../../forms.ts'
import { read } from '../../read.ts'

const SCOPES = [
  'GROUPS:VIEW',
  'GROUPS:ADD',
  'USERS:VIEW',
  'FACTORCONFIGS:VIEW',
  'FACTORCONFIGS:ADD',
  'OPERATIONS:ADD',
  'BULKUSERS:ADD',
  'BULKENROLLMENTS:ADD',
]

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const get = (path: string, tenant = 'default') => api.call(path, { scopes: SCOPES, tenant })
const post = (path: string, body: unknown, tenant = 'default') =>
  api.call(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    scopes: SCOPES,
    tenant,
  })

describe('factor configs', () => {
  it('are there from the start, one of each type', async () => {
    const { factorConfigs } = await read(await get('/v1/factor-configs'))
    expect(factorConfigs).toHaveLength(11)
    expect(factorConfigs[0]).toEqual({
      id: '2000000283042',
      name: 'Email',
      factorType: 'EmailAuthenticator',
      settings: {},
    })
  })

  it('are made, with the settings of their type', async () => {
    const settings = { token_type: 'hardware', otp_length: 8 }
    const answer = await post('/v1/factor-configs', { name: ' Keys ', factorType: 'CustomTOTPAuthenticator', settings })
    const created = await read(answer)
    expect(answer.status).toBe(201)
    expect(created).toMatchObject({ name: 'Keys', settings: { ...settings, oath_type: 'totp', totp_time_step: 30 } })
    expect((await read(await get('/v1/factor-configs'))).factorConfigs).toContainEqual(created)
    expect((await post('/v1/factor-configs', { name: 'Second email', factorType: 'EmailAuthenticator' })).status).toBe(
      201,
    )
  })

  it('of smart cards have the authorities that they trust, what is wrong with one told by its place', async () => {
    const authority = await certificateAuthority({ name: 'Root' })
    const { pem: leaf, keyPem } = await authority.issue({ subject: '/CN=ann' })
    const config = (name: string, trusted_ca_certificates?: unknown) => ({
      name,
      factorType: 'SmartCardAuthenticator',
      ...(trusted_ca_certificates !== undefined && { settings: { trusted_ca_certificates } }),
    })
    const made = await post('/v1/factor-configs', config('Cards', [authority.pem]))
    expect(made.status).toBe(201)
    expect(await read(made)).toMatchObject({ settings: { trusted_ca_certificates: [authority.pem] } })
    expect(await read(await post('/v1/factor-configs', config('Any cards')))).toMatchObject({
      settings: { trusted_ca_certificates: [] },
    })
    const wrong = await post('/v1/factor-configs', config('Wrong', [authority.pem, leaf, 'x', keyPem]))
    expect(wrong.status).toBe(400)
    const { causes, detail } = await read(wrong)
    expect(causes.map((cause) => cause.detail.split(':')[0])).toEqual(
      [1, 2, 3].map((index) => `settings.trusted_ca_certificates.${index}`),
    )
    expect(detail).not.toContain('BEGIN')
    expect((await post('/v1/factor-configs', config('Many', Array(101).fill('x')))).status).toBe(400)
  })

  it.each<[string, unknown, number]>([
    ['a type that does not exist', { name: 'x', factorType: 'Telepathy' }, 400],
    ['no name', { factorType: 'EmailAuthenticator' }, 400],
    [
      'settings that its type has not',
      { name: 'x', factorType: 'EmailAuthenticator', settings: { otp_length: 6 } },
      400,
    ],
    ['settings out of range', { name: 'x', factorType: 'CustomTOTPAuthenticator', settings: { otp_length: 3 } }, 400],
    ['a name that is taken', { name: 'Email', factorType: 'EmailAuthenticator' }, 409],
  ])('are refused for %s', async (_, body, status) => {
    expect((await post('/v1/factor-configs', body)).status).toBe(status)
  })
})

describe('groups', () => {
  it('are made once and listed by name, a page at a time, within their tenant', async () => {
    expect((await post('/v1/groups', { name: 'Zebras' })).status).toBe(201)
    expect((await post('/v1/groups', { name: 'Zebras' })).status).toBe(409)
    expect((await post('/v1/groups', { name: 'Zebras' }, 'another')).status).toBe(201)
    await api.pool.query(
      `insert into groups (tenant_id, name) select $1, 'G' || lpad(n::text, 3, '0') from generate_series(1, 150) n`,
      [api.tenantId],
    )
    const first = await read(await get('/v1/groups'))
    expect(first.groups).toHaveLength(100)
    const second = await read(await get(first.next ?? ''))
    expect(second.next).toBeNull()
    const names = [...first.groups, ...second.groups].map((group) => group.name)
    expect(names).toHaveLength(152)
    expect(names).toEqual([...names].sort())
    expect(names.at(-1)).toBe('Zebras')
  })
})

describe('a user', () => {
  it('is told with groups and factors, never with a secret, and to its tenant alone', async () => {
    const users = 'userId,firstName,email,group,department\nann@x,Ann,ann@example.com,All Users,Sales\n'
    const enroll =
      'Primary Email,Email,Google Authenticator Secret Key\nann@example.com,a2@example.com,ABCDEFGHIJKLMNOP\n'
    await api.call('/v1/operations', {
      method: 'POST',
      scopes: SCOPES,
      body: form([
        ['type', 'IMPORT_USERS'],
        ['file', ['u.csv', users]],
      ]),
    })
    await api.work()
    const parts = [
      ['type', 'QUICK_ENROLLMENT'],
      ['factor_configs', '2000000283042,2000000283044'],
      ['file', ['e.csv', enroll]],
    ] as const
    await api.call('/v1/operations', { method: 'POST', scopes: SCOPES, body: form(parts) })
    await api.work()
    const answer = await get('/v1/users/ann%40x')
    const text = await answer.text()
    expect(JSON.parse(text)).toMatchObject({
      userId: 'ann@x',
      firstName: 'Ann',
      lastName: null,
      email: 'ann@example.com',
      locked: false,
      attributes: { department: 'Sales' },
      groups: ['All Users'],
      factors: [
        {
          factorConfigId: '2000000283042',
          name: 'Email',
          factorType: 'EmailAuthenticator',
          enrolledAt: expect.any(String),
        },
        { factorConfigId: '2000000283044', factorType: 'GoogleAuthenticator' },
      ],
    })
    expect(text).not.toContain('ABCDEFGH')
    expect((await get('/v1/users/ann%40x', 'another')).status).toBe(404)
    expect((await get('/v1/users/%00')).status).toBe(404)
  })
})
