import { FIRST_DESIGN } from '@muster/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../api-under-test.ts'
import { read } from '../../read.ts'

const SCOPES = ['ENROLLMENTDESIGNS:VIEW', 'ENROLLMENTDESIGNS:ADD']

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const list = async (tenant = 'default') => (await api.call('/v1/enrollment-designs', { scopes: SCOPES, tenant })).json()
const post = (body: unknown, { tenant = 'default', scopes = SCOPES } = {}) =>
  api.call('/v1/enrollment-designs', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    scopes,
    tenant,
  })

const text = (name: string) => ({ name, type: 'text' })

describe('enrollment designs', () => {
  it('start with the first one, which has the id of a workflow', async () => {
    expect(await list()).toEqual({
      enrollmentDesigns: [{ ...FIRST_DESIGN, workflowId: expect.any(String), emailField: 'Email' }],
    })
  })

  it('are made with their fields in order, within their tenant', async () => {
    const fields = [
      { name: ' Photo ', type: 'image', required: true },
      { name: 'Card', type: 'barcode', unique: true },
      text('e-mail address'),
    ]
    const answer = await post({ name: ' Visitor Pass ', fields }, { tenant: 'visitors' })
    expect(answer.status).toBe(201)
    const design = await answer.json()
    expect(design).toEqual({
      name: 'Visitor Pass',
      workflowId: expect.stringMatching(/^[\da-f-]{36}$/),
      fields: [
        { name: 'Photo', type: 'image', required: true, unique: false },
        { name: 'Card', type: 'barcode', required: false, unique: true },
        { name: 'e-mail address', type: 'text', required: false, unique: false },
      ],
      emailField: 'e-mail address',
    })
    expect(await list('visitors')).toMatchObject({ enrollmentDesigns: [{ name: 'Employee Badge' }, design] })
    expect(await list()).toMatchObject({ enrollmentDesigns: [{ name: 'Employee Badge' }] })
    expect((await post({ name: 'Visitor Pass', fields }, { tenant: 'visitors' })).status).toBe(409)
    expect((await post({ name: 'Visitor Pass', fields })).status).toBe(201)
  })

  it('are told everything that is wrong with them', async () => {
    const fields = [
      { name: 'Photo', type: 'image', unique: true },
      text('Name'),
      text('NAME'),
      { name: '', type: 'text' },
      ...Array.from({ length: 5 }, (_, index) => ({ name: `Image ${index}`, type: 'image' })),
    ]
    const answer = await post({ name: 'enrollmentDesigns', fields })
    expect(answer.status).toBe(400)
    const { causes } = await read(answer)
    expect(causes.map(({ detail }) => detail.split(':')[0]).sort()).toEqual([
      'fields.0.unique',
      'fields.2.name',
      'fields.3.name',
      'fields.8.type',
      'name',
    ])
  })

  it.each<[string, unknown]>([
    ['no fields', { name: 'x', fields: [] }],
    ['more than 100 fields', { name: 'x', fields: Array.from({ length: 101 }, (_, index) => text(`f${index}`)) }],
    ['a type that there is not', { name: 'x', fields: [{ name: 'f', type: 'smell' }] }],
    ['a member that there is not', { name: 'x', fields: [{ ...text('f'), max: 3 }] }],
    ['a name of 101 characters', { name: 'x', fields: [text('x'.repeat(101))] }],
    ['control characters', { name: 'x\0', fields: [text('f')] }],
    ['no name', { fields: [text('f')] }],
    ['something else', []],
  ])('are refused for %s', async (_, body) => {
    expect((await post(body)).status).toBe(400)
  })

  it('take a hundred fields, and need the permission', async () => {
    const fields = Array.from({ length: 100 }, (_, index) => text(`${'漢'.repeat(90)}${index}`))
    expect((await post({ name: 'Wide', fields })).status).toBe(201)
    expect((await post({ name: 'No', fields }, { scopes: ['ENROLLMENTDESIGNS:VIEW'] })).status).toBe(403)
  })
})
