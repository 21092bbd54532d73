import { randomUUID } from 'node:crypto'
import { OPERATION_STATES, OPERATION_TYPES } from '@muster/contracts'
import { ensureTenant } from '@muster/database'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'

const SCOPES = ['OPERATIONS:VIEW']
const NAMES = ['Staff', 'staff', 'Guests 2026', 'a_b', 'aXb', '100%']
const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED']
const SORTS = ['number', 'name', 'state', 'type', 'createdAt', 'endedAt'] as const

interface Written {
  readonly id: string
  readonly number: number
  readonly name: string
  readonly state: string
  readonly type: string
  readonly paused: boolean
  readonly createdBy: string
  /** Microseconds after `EPOCH`. */
  readonly created: number
  /** The same; Infinity when it has not ended. */
  readonly ended: number
}

interface Page {
  readonly operations: readonly { readonly id: string; readonly number: number }[]
  readonly total: number
  readonly next: string | null
}

const EPOCH = '2026-03-01T00:00:00Z'

let api: ApiUnderTest
let written: readonly Written[]

async function write(count: number, tenantId = api.tenantId): Promise<readonly Written[]> {
  const pick = <T>(values: readonly T[], index: number) => values[index % values.length] as T
  const made = Array.from({ length: count }, (_, index) => {
    const state = pick(OPERATION_STATES, index * 7 + (index >> 3))
    return {
      id: randomUUID(),
      name: pick(NAMES, index * 5 + (index >> 2)),
      state,
      type: pick(OPERATION_TYPES, index >> 1),
      paused: state === 'PROCESSING' && index % 2 === 0,
      createdBy: pick(['ann', 'bob'], index),
      // Some within one millisecond, some the same.
      created: ((index * 31) % 17) * 300,
      ended: ENDED.includes(state) ? ((index * 13) % 5) * 700 : Number.POSITIVE_INFINITY,
    }
  })
  const { rows } = await api.pool.query<{ id: string; number: string }>(
    `insert into operations (id, tenant_id, type, name, state, paused, reason, options, source, created_by, changed_by,
       created_at, ended_at, total)
     select id, $2, type, name, state, paused, 'test', '{ "factorConfigs": [], "overwrite": false, "printer": { "name": "PDF" }, "hopper": 1 }', $4, "createdBy", "createdBy",
       $3::timestamptz + created * interval '1 microsecond', $3::timestamptz + ended * interval '1 microsecond', 0
     from jsonb_to_recordset($1) as made (id uuid, type text, name text, state text, paused boolean, "createdBy" text,
       created bigint, ended bigint)
     returning id, number`,
    [JSON.stringify(made), tenantId, EPOCH, { fileName: 'f', bytes: 1, sha256: 'a', encoding: 'UTF-8' }],
  )
  const numbers = new Map(rows.map(({ id, number }) => [id, Number(number)]))
  return made.map((each) => ({ ...each, number: numbers.get(each.id) ?? 0 }))
}

const call = (path: string) => api.call(path, { scopes: SCOPES })

async function pageAt(path: string): Promise<Page> {
  const answer = await call(path)
  if (answer.status !== 200) throw new Error(await answer.text())
  return (await answer.json()) as Page
}

const list = (parameters: Record<string, string>) => pageAt(`/v1/operations?${new URLSearchParams(parameters)}`)

/** The ids on all pages, in order. */
async function walk(parameters: Record<string, string>, between: () => Promise<unknown> = async () => {}) {
  const ids: string[] = []
  let page = await list(parameters)
  for (;;) {
    ids.push(...page.operations.map(({ id }) => id))
    if (page.next === null) return ids
    await between()
    page = await pageAt(page.next)
  }
}

const at = (microseconds: number) => new Date(Date.parse(EPOCH) + Math.floor(microseconds / 1_000)).toISOString()

function order(sort: (typeof SORTS)[number]): (one: Written, other: Written) => number {
  const key = (each: Written): string | number => {
    if (sort === 'createdAt') return each.created
    if (sort === 'endedAt') return each.ended
    return sort === 'name' ? each.name.toLowerCase() : each[sort]
  }
  return (one, other) => {
    if (key(one) === key(other)) return one.number - other.number
    return key(one) < key(other) ? -1 : 1
  }
}

beforeAll(async () => {
  api = await startApi()
  written = await write(60)
  await write(3, await ensureTenant(api.pool, 'another'))
  const [deleted] = await write(1)
  await api.pool.query('update operations set deleted_at = now() where id = $1', [deleted?.id])
})
afterAll(() => api.stop())

describe('the list of operations', () => {
  it("has all of the tenant's, newest first, 25 a page", async () => {
    const page = await list({})
    expect(page.operations).toHaveLength(25)
    expect(page.total).toBe(60)
    expect(page.next).toMatch(/^\/v1\/operations\?cursor=/)
    expect(await walk({})).toEqual(written.map(({ id }) => id).reverse())
  })

  it('is the same list in the same order, however it is cut into pages', async () => {
    const queries = fc.record({
      sort: fc.constantFrom(...SORTS),
      descending: fc.boolean(),
      limit: fc.integer({ min: 1, max: 100 }),
      states: fc.subarray([...OPERATION_STATES]),
    })
    await fc.assert(
      fc.asyncProperty(queries, async ({ sort, descending, limit, states }) => {
        const expected = written
          .filter(({ state }) => states.length === 0 || states.some((each) => each === state))
          .toSorted(order(sort))
          .map(({ id }) => id)
        const filter: Record<string, string> = states.length === 0 ? {} : { state: states.join(',') }
        const ids = await walk({ ...filter, sort: descending ? `-${sort}` : sort, limit: String(limit) })
        expect(ids).toEqual(descending ? expected.toReversed() : expected)
      }),
      { numRuns: 20 },
    )
  })

  it.each<[string, Record<string, string>, (each: Written) => boolean]>([
    ['state', { state: 'COMPLETED,FAILED' }, ({ state }) => state === 'COMPLETED' || state === 'FAILED'],
    ['type', { type: 'QUICK_ENROLLMENT' }, ({ type }) => type === 'QUICK_ENROLLMENT'],
    ['a part of the name', { name: 'STAF' }, ({ name }) => name.toLowerCase() === 'staff'],
    ['a name that looks like a pattern', { name: 'a_b' }, ({ name }) => name === 'a_b'],
    ['another that does', { name: '%' }, ({ name }) => name === '100%'],
    ['who made it', { createdBy: 'ann' }, ({ createdBy }) => createdBy === 'ann'],
    ['pause', { paused: 'true' }, ({ paused }) => paused],
    ['no pause', { paused: 'false' }, ({ paused }) => !paused],
    [
      'the time it was made',
      { createdFrom: at(1_000), createdTo: at(3_000) },
      ({ created }) => created >= 1_000 && created < 4_000,
    ],
    [
      'all of it at once',
      { state: 'PROCESSING', paused: 'true', createdBy: 'ann', name: 's' },
      ({ paused, createdBy, name }) => paused && createdBy === 'ann' && /s/i.test(name),
    ],
    ['nothing that there is', { createdBy: 'nobody' }, () => false],
  ])('is filtered by %s', async (_, filter, fits) => {
    const expected = written.filter(fits).map(({ id }) => id)
    expect(await walk({ ...filter, sort: 'number', limit: '7' })).toEqual(expected)
    expect((await list(filter)).total).toBe(expected.length)
  })

  it('is filtered by the operation whose rows are run again', async () => {
    const [child] = await write(1, await ensureTenant(api.pool, 'retrying'))
    const tenantId = await ensureTenant(api.pool, 'retrying')
    const [parent] = await write(1, tenantId)
    await api.pool.query('update operations set parent_number = $1 where id = $2', [parent?.number, child?.id])
    const retries = async (tenant: string) => {
      const answer = await api.call(`/v1/operations?retryOf=${parent?.id}`, { scopes: SCOPES, tenant })
      return ((await answer.json()) as Page).operations.map(({ id }) => id)
    }
    expect(await retries('retrying')).toEqual([child?.id])
    expect(await retries('default')).toEqual([])
  })

  it('neither repeats nor misses one when others are made between two pages', async () => {
    const tenant = 'growing'
    const tenantId = await ensureTenant(api.pool, tenant)
    const before = await write(20, tenantId)
    const ids: string[] = []
    let path: string | null = '/v1/operations?limit=3'
    while (path !== null) {
      const page = (await (await api.call(path, { scopes: SCOPES, tenant })).json()) as Page
      ids.push(...page.operations.map(({ id }) => id))
      await write(4, tenantId)
      path = page.next
    }
    expect(ids).toEqual(before.map(({ id }) => id).reverse())
  })

  it('is refused with everything that is wrong', async () => {
    const query = 'state=DONE&limit=101&sort=size&createdFrom=yesterday&paused=1&colour=red&type=&limit=3'
    const answer = await call(`/v1/operations?${query}`)
    expect(answer.status).toBe(400)
    const { causes } = (await answer.json()) as { causes: readonly { detail: string }[] }
    expect(causes.map(({ detail }) => detail.split(':')[0]).toSorted()).toEqual(
      ['colour', 'createdFrom', 'limit', 'paused', 'sort', 'state', 'type'].toSorted(),
    )
  })

  it.each([
    'name=%00',
    'createdBy=a%00b',
    'retryOf=x',
    'limit=0',
    'limit=1.5',
    'limit=',
    'sort=--number',
    'cursor=x',
    'cursor=',
  ])('is refused with %s', async (query) => {
    expect((await call(`/v1/operations?${query}`)).status).toBe(400)
  })

  it('has cursors that are good for its own filter and sort alone', async () => {
    const { next } = await list({ state: 'FAILED', limit: '1', sort: 'name' })
    const cursor = new URLSearchParams(next?.split('?')[1]).get('cursor') ?? ''
    expect((await list({ state: 'FAILED', sort: 'name', limit: '2', cursor })).operations.length).toBeGreaterThan(0)
    for (const other of [{ state: 'FAILED', sort: '-name' }, { sort: 'name' }, { state: 'COMPLETED', sort: 'name' }]) {
      expect((await call(`/v1/operations?${new URLSearchParams({ ...other, cursor })}`)).status).toBe(400)
    }
  })

  it('has no cursor that can be forged into a failure', async () => {
    const { next } = await list({ sort: 'createdAt', limit: '1' })
    const cursor = new URLSearchParams(next?.split('?')[1]).get('cursor') ?? ''
    const [digest] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string]
    for (const place of [['x', '1'], ['NaN', '1'], ['1', 'x'], ['1e9', '1'], [1, 2], ['1']]) {
      const forged = Buffer.from(JSON.stringify([digest, ...place])).toString('base64url')
      expect((await call(`/v1/operations?sort=createdAt&cursor=${forged}`)).status).toBe(400)
    }
  })
})
