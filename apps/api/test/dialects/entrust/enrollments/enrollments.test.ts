import { decodeEnrollmentId, encodeEnrollmentId } from '@muster/contracts'
import { describe, expect, it } from 'vitest'
import { BADGE, BASE, badge, enrollmentsUnderTest, fieldsOf, SCOPES, valuesOf } from './enrollments-under-test.ts'

const BROKEN =
  'eyJ3b3JrZmxvd0lkIjoiOTI1MDkwYWEtZGVjYy00MGZlLWIzZTQtMTYwMjFjNjU5MmIwIiwid2hlcmVDbGF1c2UiOnsiUVVJQ0tTVEFSVFBSSU1BUllLRVkiOiIxNCJ8fQ'
const NO_RECORD = 'The record does not exist'
const PNG = `data:image/png;base64,${Buffer.from('89504e470d0a1a0a0000000d', 'hex').toString('base64')}`

const own = enrollmentsUnderTest()
const { create, createOne, get, send, tell } = own

describe('creating enrollments', () => {
  it('tells of each in the order asked, and makes those that are right', async () => {
    const told = await create([
      badge('1'),
      { fields: fieldsOf({ FirstName: 'Bob' }) },
      badge('2', { ExpiryDate: '2026-02-30', AccessLevel: 'high', Nope: 'secret' }),
      badge('3', { Photo: PNG, ExpiryDate: '12/31/2027', AccessLevel: '007', Email: '' }),
      badge('1'),
    ])
    expect(told.map(({ status }) => status)).toEqual(['Success', 'Failure', 'Failure', 'Success', 'Failure'])
    expect(told[0]).toEqual({ id: expect.stringMatching(/^[\w-]+$/), status: 'Success' })
    expect(told[1]?.error).toBe('LastName: must be filled. EmployeeNumber: must be filled.')
    expect(told[2]?.error).toMatch(
      /^ExpiryDate: expected .+\. AccessLevel: expected .+\. Nope: the design has no such field\.$/,
    )
    expect(told[2]?.error).not.toMatch(/secret|high|02-30/)
    expect(told[4]?.error).toBe('EmployeeNumber: another record has this value already.')
    expect(await get(told[3]?.id ?? '')).toEqual({
      id: told[3]?.id,
      status: 'Success',
      fields: fieldsOf({
        FirstName: 'Ann',
        LastName: 'Anders',
        EmployeeNumber: '3',
        AccessLevel: '7',
        ExpiryDate: '2027-12-31',
        Photo: PNG,
      }),
    })
    const { rows } = await own.api().pool.query('select count(*)::int from enrollment_records')
    expect(rows).toEqual([{ count: 2 }])
  })

  it('takes 1,000 at once and no more', async () => {
    const records = Array.from({ length: 1_000 }, (_, index) => badge(`n${index}`))
    const told = await create(records)
    expect(told.filter(({ status }) => status === 'Success')).toHaveLength(1_000)
    expect((await send(BADGE, { body: [...records, badge('x')] })).status).toBe(400)
  })

  it('takes a body of 5 MiB and no more', async () => {
    const body = JSON.stringify([badge('big')])
    const whole = body + ' '.repeat(5 * 1024 * 1024 - body.length)
    expect((await send(BADGE, { body: whole })).status).toBe(200)
    const answer = await send(BADGE, { body: `${whole} ` })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'request_too_large' })
  })

  it('happens once for one Idempotency-Key, and keeps no field of the answer', async () => {
    const body = JSON.stringify([badge('once', { Email: 'ann@example.com' })])
    const request = { method: 'POST', body, scopes: SCOPES }
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'k1' }
    const [one, other] = [
      await own.api().call(BADGE, { ...request, headers }),
      await own.api().call(BADGE, { ...request, headers }),
    ]
    expect(await one.json()).toEqual(await other.json())
    const { rows } = await own.api().pool.query<{ body: string }>('select body from idempotency_keys')
    expect(rows.map((row) => row.body).join()).not.toContain('ann@')
  })

  it('knows the names of its tenant’s designs alone', async () => {
    for (const path of [`${BASE}/Nope`, `${BASE}/employee%20badge`, `${BASE}/a%00b`]) {
      const answer = await send(path, { body: [badge('1')] })
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ code: 'not_found', target: 'enrollmentDesignName' })
    }
  })

  it.each<[string, unknown]>([
    ['nothing in it', []],
    ['an object', { fields: [] }],
    ['a record that is none', [1]],
    ['fields that are none', [{ fields: { FirstName: 'Ann' } }]],
    ['a field without a name', [{ fields: [{ value: 'Ann' }] }]],
    ['more fields than a design can have', [{ fields: Array(201).fill({ name: 'FirstName' }) }]],
    ['a million entries', [{ fields: Array(1_000_000).fill(1) }]],
    ['broken JSON', '[{'],
  ])('refuses a body with %s', async (_, body) => {
    const answer = await send(BADGE, { body })
    expect(answer.status).toBe(400)
    expect((await answer.text()).length).toBeLessThan(4_000)
  })

  it('leaves nothing of the fields in the log', async () => {
    await create([badge('log-1', { Email: 'quill@example.com', Nope: 'quill' }), badge('log-2', { LastName: 'Quill' })])
    expect(JSON.stringify(own.api().lines)).not.toMatch(/quill/i)
  })
})

describe('reading one enrollment', () => {
  it('takes its id in every spelling', async () => {
    const id = await createOne('1')
    const base64 = Buffer.from(id, 'base64url').toString('base64')
    for (const spelling of [id, base64, base64.replace(/=+$/, '')]) {
      expect((await get(encodeURIComponent(spelling))).id).toBe(id)
    }
  })

  it('knows no other ids than those of the tenant’s own enrollments', async () => {
    const id = await createOne('1')
    const { workflowId = '', key = '' } = decodeEnrollmentId(id) ?? {}
    const unknown = [
      BROKEN,
      'x',
      encodeEnrollmentId({ workflowId, key: '999999999' }),
      encodeEnrollmentId({ workflowId, key: `0${key}` }),
      encodeEnrollmentId({ workflowId, key: `${key} or true` }),
      encodeEnrollmentId({ workflowId: '00000000-0000-4000-8000-000000000000', key }),
    ]
    for (const each of unknown) {
      const answer = await send(`${BASE}/${each}`, { method: 'GET' })
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ code: 'not_found', message: `${NO_RECORD}.` })
    }
    expect((await send(`${BASE}/${id}`, { method: 'GET', tenant: 'another' })).status).toBe(404)
  })
})

describe('changing enrollments', () => {
  it('changes the fields given, empties those that are given empty, and tells of each in the order asked', async () => {
    const [one, two] = [await createOne('1', { Email: 'a@b.example', AccessLevel: 1 }), await createOne('2')]
    const told = await tell(BASE, {
      method: 'PUT',
      body: [
        { id: two, fields: fieldsOf({ EmployeeNumber: '1' }) },
        { id: BROKEN, fields: [] },
        { id: one, fields: fieldsOf({ EmployeeNumber: '3', Email: '', AccessLevel: 2.5 }) },
        { id: two, fields: fieldsOf({ EmployeeNumber: '1', Nope: 1 }) },
        { id: two, fields: fieldsOf({ EmployeeNumber: '1' }) },
        { id: one, fields: fieldsOf({ FirstName: ' ', LastName: null }) },
      ],
    })
    expect(told).toEqual([
      { id: two, status: 'Failure', error: 'EmployeeNumber: another record has this value already.' },
      { id: BROKEN, status: 'Failure', error: NO_RECORD },
      { id: one, status: 'Success' },
      { id: two, status: 'Failure', error: 'Nope: the design has no such field.' },
      { id: two, status: 'Success' },
      { id: one, status: 'Failure', error: 'FirstName: must be filled. LastName: must be filled.' },
    ])
    expect(valuesOf(await get(one))).toEqual({
      FirstName: 'Ann',
      LastName: 'Anders',
      EmployeeNumber: '3',
      AccessLevel: '2.5',
    })
    expect(valuesOf(await get(two))).toMatchObject({ EmployeeNumber: '1' })
  })

  it('says of a record that there is none rather than what is wrong with its fields, to other tenants too', async () => {
    const id = await createOne('1')
    const body = [{ id, fields: fieldsOf({ Nope: 1 }) }]
    expect(await tell(BASE, { method: 'PUT', body, tenant: 'another' })).toEqual([
      { id, status: 'Failure', error: NO_RECORD },
    ])
    await tell(BASE, { method: 'DELETE', body: { ids: [id] } })
    expect(await tell(BASE, { method: 'PUT', body })).toEqual([{ id, status: 'Failure', error: NO_RECORD }])
  })

  it('refuses a body that it cannot read', async () => {
    for (const body of [[], {}, [{ fields: [] }], [{ id: 1, fields: [] }]]) {
      expect((await send(BASE, { method: 'PUT', body })).status).toBe(400)
    }
  })
})

describe('deleting enrollments', () => {
  it('tells of each in the order asked, and gives their unique values free', async () => {
    const id = await createOne('1')
    const body = { ids: [BROKEN, id, id] }
    expect(await tell(BASE, { method: 'DELETE', body })).toEqual([
      { id: BROKEN, status: 'Failure', error: NO_RECORD },
      { id, status: 'Success' },
      { id, status: 'Failure', error: NO_RECORD },
    ])
    expect((await send(`${BASE}/${id}`, { method: 'GET' })).status).toBe(404)
    await createOne('1')
  })

  it('does nothing to what another tenant has', async () => {
    const id = await createOne('1')
    const body = { ids: [id] }
    expect(await tell(BASE, { method: 'DELETE', body, tenant: 'another' })).toEqual([
      { id, status: 'Failure', error: NO_RECORD },
    ])
    expect((await get(id)).status).toBe('Success')
  })

  it('makes passes void', async () => {
    const id = await createOne('1')
    await own
      .api()
      .pool.query('insert into passes (tenant_id, record_id, operation_number, row_number) values ($1, $2, 1, 1)', [
        own.api().tenantId,
        decodeEnrollmentId(id)?.key,
      ])
    await tell(BASE, { method: 'DELETE', body: { ids: [id] } })
    const { rows } = await own.api().pool.query('select voided_at is not null as void from passes')
    expect(rows).toEqual([{ void: true }])
  })

  it('takes 1,000 ids and no more, and only text', async () => {
    const ids = Array.from({ length: 1_000 }, () => BROKEN)
    expect(await tell(BASE, { method: 'DELETE', body: { ids } })).toHaveLength(1_000)
    for (const body of [{ ids: [...ids, BROKEN] }, { ids: [] }, { ids: [1] }, {}, []]) {
      expect((await send(BASE, { method: 'DELETE', body })).status).toBe(400)
    }
  })
})
