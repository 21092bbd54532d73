import { describe, expect, it } from 'vitest'
import { BADGE, BASE, badge, enrollmentsUnderTest, fieldsOf, SCOPES, valuesOf } from './enrollments-under-test.ts'

const READ = `${BASE}/read/Employee%20Badge`
const BROKEN =
  'eyJ3b3JrZmxvd0lkIjoiOTI1MDkwYWEtZGVjYy00MGZlLWIzZTQtMTYwMjFjNjU5MmIwIiwid2hlcmVDbGF1c2UiOnsiUVVJQ0tTVEFSVFBSSU1BUllLRVkiOiIxNCJ8fQ'

const { create, createOne, send, tell } = enrollmentsUnderTest()

describe('reading enrollments of a design', () => {
  it('finds those that have all the values, in any spelling of dates and numbers', async () => {
    const one = await createOne('1', { AccessLevel: 7, ExpiryDate: '2027-12-31', FirstName: 'Eve' })
    const two = await createOne('2', { AccessLevel: '7.0', ExpiryDate: '2027-12-31T10:00:00' })
    await createOne('3')
    const found = async (values: Readonly<Record<string, unknown>>) =>
      (await tell(READ, { body: fieldsOf(values) })).map(({ id }) => id)
    expect(await found({ AccessLevel: '+007' })).toEqual([one, two])
    expect(await found({ ExpiryDate: '12/31/2027' })).toEqual([one])
    expect(await found({ ExpiryDate: '2027-12-31T10:00:00Z' })).toEqual([two])
    expect(await found({ AccessLevel: 7, FirstName: 'Eve' })).toEqual([one])
    expect(await found({ FirstName: 'eve' })).toEqual([])
    expect(await found({ FirstName: 'Ev' })).toEqual([])
  })

  it('comes in pages, in the order in which they were made', async () => {
    const made = (await create(Array.from({ length: 60 }, (_, index) => badge(`p${index}`)))).map(({ id }) => id)
    const page = async (query: string) => (await tell(READ + query, { body: [] })).map(({ id }) => id)
    expect(await page('')).toEqual(made.slice(0, 50))
    expect(await page('?offset=2')).toEqual(made.slice(50))
    expect(await page('?offset=3&limit=20')).toEqual(made.slice(40))
    expect(await page('?offset=4&limit=20')).toEqual([])
    expect(await page('?limit=1000')).toEqual(made)
    expect(
      valuesOf(
        (await tell(`${READ}?limit=1`, { body: [] }))[0] ?? { id: '', status: 'Failure', error: '', fields: [] },
      ),
    ).toEqual({
      FirstName: 'Ann',
      LastName: 'Anders',
      EmployeeNumber: 'p0',
    })
  })

  it('needs no body to read all of them', async () => {
    const id = await createOne('1')
    expect(await tell(READ, {})).toMatchObject([{ id, status: 'Success' }])
  })

  it.each([
    '?offset=0',
    '?limit=0',
    '?limit=1001',
    '?offset=x',
    '?offset=1&offset=2',
    '?offset=9999999&limit=1000',
    '?limit=-1',
  ])('refuses %s', async (query) => {
    expect((await send(READ + query, { body: [] })).status).toBe(400)
  })

  it('refuses fields that the design has not, values that it could not have, and none', async () => {
    for (const values of [{ Nope: 'x' }, { ExpiryDate: 'soon' }, { FirstName: '' }, { AccessLevel: true }]) {
      const answer = await send(READ, { body: fieldsOf(values) })
      expect(answer.status).toBe(400)
      expect(await answer.text()).not.toContain('soon')
    }
    expect((await send(READ, { body: { FirstName: 'x' } })).status).toBe(400)
    expect((await send(`${BASE}/read/Nope`, { body: [] })).status).toBe(404)
  })
})

describe('the designs', () => {
  it('are listed by name', async () => {
    expect(await (await send(`${BASE}/enrollmentDesigns`, { method: 'GET' })).json()).toEqual(['Employee Badge'])
  })
})

describe('each endpoint', () => {
  it.each<[string, string, string, unknown]>([
    ['POST', BADGE, 'ENROLLMENTS:ADD', [badge('1')]],
    ['PUT', BASE, 'ENROLLMENTS:EDIT', [{ id: BROKEN, fields: [] }]],
    ['DELETE', BASE, 'ENROLLMENTS:DELETE', { ids: [BROKEN] }],
    ['POST', READ, 'ENROLLMENTS:VIEW', []],
    ['GET', `${BASE}/enrollmentDesigns`, 'ENROLLMENTS:VIEW', undefined],
  ])('%s %s needs %s, or all of ENROLLMENTS', async (method, path, permission, body) => {
    const others = SCOPES.filter((scope) => scope !== permission.replace('DELETE', 'REMOVE'))
    expect((await send(path, { method, body, scopes: others })).status).toBe(403)
    expect((await send(path, { method, body, scopes: [permission] })).status).toBe(200)
    expect((await send(path, { method, body, scopes: ['ENROLLMENTS:ALL'] })).status).toBe(200)
  })
})
