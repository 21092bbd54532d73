import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../api-under-test.ts'
import { read } from '../../read.ts'

const SCOPES = ['PRINTERS:VIEW', 'PRINTERS:ADD', 'PRINTERS:EDIT', 'PRINTERS:DELETE']

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

function call(method: string, path: string, body?: unknown, { tenant = 'default', scopes = SCOPES } = {}) {
  const json = body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  return api.call(path, { method, scopes, tenant, ...json })
}

const make = async (name: string) => read(await call('POST', '/v1/printers', { name }))

describe('printers', () => {
  it('begin with one that prints into a file', async () => {
    const { printers, next } = await read(await call('GET', '/v1/printers'))
    expect(printers).toEqual([{ id: expect.any(String), name: 'PDF', kind: 'pdf', address: null }])
    expect(next).toBeNull()
  })

  it('are made, read, changed and deleted', async () => {
    const answer = await call('POST', '/v1/printers', { name: ' Front desk ', kind: 'pdf', address: null })
    expect(answer.status).toBe(201)
    const printer = await read(answer)
    expect(printer).toEqual({ id: expect.any(String), name: 'Front desk', kind: 'pdf', address: null })
    const path = answer.headers.get('location') ?? ''
    expect(path).toBe(`/v1/printers/${printer.id}`)
    expect(await read(await call('GET', path))).toEqual(printer)
    const changed = await call('PUT', path, { name: 'Reception' })
    expect([changed.status, await read(changed)]).toEqual([200, { ...printer, name: 'Reception' }])
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('GET', path)).status).toBe(404)
    expect((await call('DELETE', path)).status).toBe(404)
  })

  it('have names of their own', async () => {
    const { id } = await make('One')
    await make('Two')
    expect((await call('POST', '/v1/printers', { name: 'Two' })).status).toBe(409)
    expect((await call('PUT', `/v1/printers/${id}`, { name: 'Two' })).status).toBe(409)
    expect((await call('PUT', `/v1/printers/${id}`, { name: 'One' })).status).toBe(200)
    expect((await call('POST', '/v1/printers', { name: 'Two' }, { tenant: 'another' })).status).toBe(201)
  })

  it('are seen and changed by their tenant alone', async () => {
    const { id } = await make('Ours')
    const tenant = 'third'
    for (const method of ['GET', 'DELETE']) {
      expect((await call(method, `/v1/printers/${id}`, undefined, { tenant })).status).toBe(404)
    }
    expect((await call('PUT', `/v1/printers/${id}`, { name: 'Theirs' }, { tenant })).status).toBe(404)
  })

  it('are listed by name, a page at a time', async () => {
    const tenant = 'many'
    const names = Array.from({ length: 130 }, (_, index) => `L${String(index).padStart(3, '0')}`)
    await call('GET', '/v1/printers', undefined, { tenant })
    await api.pool.query(
      `insert into printers (tenant_id, name, kind) select t.id, n, 'pdf' from tenants t, unnest($1::text[]) n where t.name = $2`,
      [names, tenant],
    )
    const first = await read(await call('GET', '/v1/printers', undefined, { tenant }))
    const second = await read(await call('GET', first.next ?? '', undefined, { tenant }))
    expect(second.next).toBeNull()
    expect([...first.printers, ...second.printers].map(({ name }) => name)).toEqual([...names, 'PDF'].sort())
  })

  it.each<[string, unknown]>([
    ['no name', {}],
    ['a name of space', { name: ' ' }],
    ['a kind that does not exist', { name: 'x', kind: 'telepathy' }],
    ['an address that its kind does not have', { name: 'x', address: '10.0.0.1' }],
    ['something else', { name: 'x', colour: 'red' }],
  ])('are refused for %s', async (_, body) => {
    expect((await call('POST', '/v1/printers', body)).status).toBe(400)
    const { id } = await make(`y${Math.random()}`)
    expect((await call('PUT', `/v1/printers/${id}`, body)).status).toBe(400)
  })

  it.each(['x', '0x1', '-1', '1'.repeat(19), '%00', '99999999'])('are not found by the id %s', async (id) => {
    expect((await call('GET', `/v1/printers/${id}`)).status).toBe(404)
    expect((await call('PUT', `/v1/printers/${id}`, { name: 'x' })).status).toBe(404)
    expect((await call('DELETE', `/v1/printers/${id}`)).status).toBe(404)
  })

  it.each([
    ['GET', '', 'VIEW'],
    ['POST', '', 'ADD'],
    ['GET', '/1', 'VIEW'],
    ['PUT', '/1', 'EDIT'],
    ['DELETE', '/1', 'DELETE'],
  ])('need their permission: %s %s is for %s', async (method, path, action) => {
    const scopes = SCOPES.filter((scope) => scope !== `PRINTERS:${action}`)
    expect((await call(method, `/v1/printers${path}`, undefined, { scopes })).status).toBe(403)
  })
})
