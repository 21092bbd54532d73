import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { zip } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'
import { form, USERS_CSV } from '../../../forms.ts'
import { read } from '../../../read.ts'

const SCOPES = ['OPERATIONS:ADD', 'OPERATIONS:VIEW', 'OPERATIONS:EDIT', 'BULKUSERS:ADD', 'BULKENROLLMENTS:ADD']

/** Held by a test: what is stored meanwhile is on its way until it is let go. */
let hold: { readonly reached: () => void; readonly until: Promise<void> } | null = null

async function* held(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* bytes
  hold?.reached()
  await hold?.until
}

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi({ files: (disk) => ({ ...disk, write: (key, bytes) => disk.write(key, held(bytes)) }) })
})
afterAll(() => api.stop())

const post = (path: string, body?: object, scopes: readonly string[] = SCOPES) =>
  api.call(path, {
    method: 'POST',
    scopes,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
const create = async (body: object = {}) =>
  (await read(await post('/v1/operations', { type: 'IMPORT_USERS', ...body }))).id
const put = (id: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}, query = '') =>
  api.call(`/v1/operations/${id}/data${query}`, {
    method: 'PUT',
    scopes: SCOPES,
    headers: { 'content-type': 'text/csv', ...headers },
    body,
  })
const get = async (id: string) => read(await api.call(`/v1/operations/${id}`, { scopes: SCOPES }))
const filesOf = async (id: string) => (await api.stored()).filter((path) => path.includes(`${id}/`))
const sha256 = (data: string) => createHash('sha256').update(data).digest('hex')

describe('an operation without its data', () => {
  it('awaits it, and is scheduled and applied when it has come', async () => {
    const answer = await post('/v1/operations', { type: 'IMPORT_USERS', name: 'May', options: { maxFailedRows: 5 } })
    expect(answer.status).toBe(201)
    const created = await read(answer)
    expect(answer.headers.get('location')).toBe(`/v1/operations/${created.id}`)
    const options = { maxFailedRows: 5, maxFailedRatio: null }
    expect(created).toMatchObject({ state: 'AWAITING_DATA', name: 'May', source: null, options })

    const received = await put(created.id, USERS_CSV, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="/tmp/users.csv"',
    })
    expect(received.status).toBe(200)
    expect(await read(received)).toMatchObject({
      id: created.id,
      state: 'SCHEDULED',
      reason: 'The data is complete.',
      source: { fileName: 'users.csv', bytes: USERS_CSV.length, sha256: sha256(USERS_CSV), encoding: 'UTF-8' },
    })
    await api.work()
    expect(await get(created.id)).toMatchObject({ state: 'COMPLETED', rows: { total: 2, succeeded: 1, failed: 1 } })
  })

  it('has the options of its type, which are shown without what is secret', async () => {
    const { factorConfigs } = await read(await api.call('/v1/factor-configs', { scopes: ['FACTORCONFIGS:VIEW'] }))
    const [email = '', sms = ''] = factorConfigs.map((config) => config.id)
    const options = { factorConfigs: [email, Number(sms)], overwriteEnrollmentData: true, maxFailedRatio: 0.5 }
    const answer = await post('/v1/operations', { type: 'QUICK_ENROLLMENT', options })
    expect(answer.status).toBe(201)
    expect(await read(answer)).toMatchObject({
      options: { factorConfigs: [email, sms], overwriteEnrollmentData: true, maxFailedRows: null, maxFailedRatio: 0.5 },
    })
  })

  it.each<[string, object, readonly RegExp[]]>([
    ['of no type', { name: 7, start: 'yes', other: 1 }, [/type/, /name/, /start/, /other/]],
    [
      'with everything wrong',
      { type: 'IMPORT_USERS', encoding: 'UTF-9', delimiter: 'x', options: { maxFailedRatio: 2, factorConfigs: ['1'] } },
      [/encoding/, /delimiter/, /maxFailedRatio/, /factorConfigs/],
    ],
    ['without options it needs', { type: 'QUICK_ENROLLMENT' }, [/options/]],
    ['with configs that are not there', { type: 'QUICK_ENROLLMENT', options: { factorConfigs: [1] } }, [/names 1,/]],
  ])('is not created: %s', async (_, body, mistakes) => {
    const answer = await post('/v1/operations', body)
    expect(answer.status).toBe(400)
    const { causes } = await read(answer)
    expect(causes).toHaveLength(mistakes.length)
    for (const mistake of mistakes) expect(causes.map((cause) => cause.detail).join('\n')).toMatch(mistake)
  })

  it("needs its type's permission, for its data and its start too", async () => {
    const scopes = ['OPERATIONS:ADD']
    expect((await post('/v1/operations', { type: 'IMPORT_USERS' }, scopes)).status).toBe(403)
    const id = await create({ start: false })
    expect((await post(`/v1/operations/${id}/start`, undefined, scopes)).status).toBe(403)
    const headers = { 'content-type': 'text/csv' }
    const path = `/v1/operations/${id}/data`
    expect((await api.call(path, { method: 'PUT', scopes, headers, body: USERS_CSV })).status).toBe(403)
    expect(await filesOf(id)).toEqual([])
  })
})

describe('data', () => {
  it('with a header that is not right is refused, and the operation goes on awaiting it', async () => {
    const id = await create()
    const answer = await put(id, 'userId,userId\n1,2\n')
    expect(answer.status).toBe(400)
    expect((await read(answer)).causes).toMatchObject([{ title: 'DUPLICATE_COLUMNS' }])
    expect(await get(id)).toMatchObject({ state: 'AWAITING_DATA', source: null })
    expect(await filesOf(id)).toEqual([])
    expect((await put(id, USERS_CSV)).status).toBe(200)
  })

  it('is refused once there is some, and what there is is told', async () => {
    const id = await create()
    await put(id, USERS_CSV)
    const answer = await put(id, 'userId\nother\n')
    expect(answer.status).toBe(409)
    expect(await read(answer)).toMatchObject({
      state: 'SCHEDULED',
      bytes: USERS_CSV.length,
      sha256: sha256(USERS_CSV),
    })
    expect(await filesOf(id)).toHaveLength(1)
  })

  it('that comes twice at once is taken once, and never mixed', async () => {
    const id = await create()
    const bodies = Array.from({ length: 6 }, (_, n) => `userId\nuser-${n}\n`)
    const answers = await Promise.all(bodies.map((body) => put(id, body)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409])
    const won = bodies[answers.findIndex(({ status }) => status === 200)] ?? ''
    expect(await get(id)).toMatchObject({ state: 'SCHEDULED', source: { sha256: sha256(won) } })
    expect(await filesOf(id)).toHaveLength(1)
  })

  it('of an operation that was cancelled while it came is not kept', async () => {
    const id = await create()
    let letGo: () => void = () => undefined
    const until = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const reached = new Promise<void>((resolve) => {
      hold = { reached: resolve, until }
    })
    const putting = put(id, USERS_CSV)
    await reached
    hold = null
    expect((await post(`/v1/operations/${id}/cancel`)).status).toBe(200)
    letGo()
    const answer = await putting
    expect(answer.status).toBe(409)
    expect(await read(answer)).toMatchObject({ state: 'CANCELLED' })
    expect(await filesOf(id)).toEqual([])
  })

  it.each([['application/zip'], ['text/csv-schema'], ['nonsense']])('of the type %s is refused', async (type) => {
    expect((await put(await create(), USERS_CSV, { 'content-type': type })).status).toBe(415)
  })

  it.each([
    ['Shift_JIS', 'windows-31j', 'Shift_JIS'],
    ['X-WINDOWS-ISO2022JP', 'ISO-2022-JP', 'X-WINDOWS-ISO2022JP'],
    [undefined, 'latin1', 'ISO-8859-1'],
    ['EUC-KR', null, 'EUC-KR'],
    [undefined, null, 'UTF-8'],
  ])('of an operation declared as %s that says it is %s is read as %s', async (encoding, charset, read) => {
    const id = await create({ encoding })
    await put(id, USERS_CSV, charset === null ? {} : { 'content-type': `text/csv; charset="${charset}"` })
    expect(await get(id)).toMatchObject({ state: 'SCHEDULED', source: { encoding: read } })
  })

  it('in a legacy encoding keeps its letters', async () => {
    const id = await create({ delimiter: ';' })
    const csv = await readFile(new URL('../fixtures/shift-jis.csv', import.meta.url))
    await put(id, new Uint8Array(csv), { 'content-type': 'text/csv; charset=sjis' })
    await api.work()
    expect(await get(id)).toMatchObject({ state: 'COMPLETED', source: { encoding: 'Shift_JIS' } })
  })

  it.each([
    ['UTF-9', /none of the encodings/],
    ['EUC-JP', /means EUC-JP.*created for Shift_JIS/],
  ])('whose charset is %s contradicts and is refused', async (charset, detail) => {
    const answer = await put(await create({ encoding: 'Shift_JIS' }), USERS_CSV, {
      'content-type': `text/csv; charset=${charset}`,
    })
    expect(answer.status).toBe(400)
    expect((await read(answer)).detail).toMatch(detail)
  })
})

describe('a ZIP as data', () => {
  const archive = new Uint8Array(zip([{ name: 'nobody@example.com.cer', data: Buffer.from('no certificate') }]))
  const createCards = async (body: object = {}) => {
    const { factorConfigs } = await read(await api.call('/v1/factor-configs', { scopes: ['FACTORCONFIGS:VIEW'] }))
    const cards = factorConfigs.find(({ name }) => name === 'Smart Card')?.id
    const options = { factorConfigs: [cards], certificateFilenamePattern: 'Primary Email' }
    return post('/v1/operations', { type: 'SMART_CARD_ENROLLMENT', options, ...body })
  }

  it.each(['application/zip', 'Application/X-Zip-Compressed'])('comes as %s', async (type) => {
    const created = await createCards()
    expect(created.status).toBe(201)
    const { id } = await read(created)
    const answer = await put(id, archive, { 'content-type': type })
    const source = { fileName: 'data.zip', bytes: archive.length, encoding: null }
    expect(await read(answer)).toMatchObject({ state: 'SCHEDULED', source })
    await api.work()
    expect(await get(id)).toMatchObject({ state: 'COMPLETED', rows: { total: 1, failed: 1 } })
  })

  it('is demanded by the operation, and only its end is looked at before it is taken', async () => {
    const { id } = await read(await createCards())
    const csv = await put(id, archive)
    expect(csv.status).toBe(415)
    expect((await read(csv)).detail).toContain('application/zip or application/x-zip-compressed')
    const none = await put(id, USERS_CSV, { 'content-type': 'application/zip' })
    expect(none.status).toBe(400)
    expect((await read(none)).causes).toMatchObject([{ title: 'ARCHIVE_REFUSED' }])
    expect(await get(id)).toMatchObject({ state: 'AWAITING_DATA', source: null })
    expect(await filesOf(id)).toEqual([])
  })

  it('has no encoding or delimiter, and needs its options', async () => {
    const answer = await createCards({ encoding: 'UTF-8', delimiter: ',', options: { factorConfigs: ['1'] } })
    expect(answer.status).toBe(400)
    const { causes } = await read(answer)
    expect(causes.map(({ detail }) => detail).join('\n')).toMatch(
      /certificateFilenamePattern[\s\S]*encoding[\s\S]*delimiter/,
    )
    const email = await createCards({
      options: { factorConfigs: ['2000000283042'], certificateFilenamePattern: 'Employee ID' },
    })
    expect((await read(email)).detail).toMatch(/\("Email"\), of type EmailAuthenticator.*use QUICK_ENROLLMENT\./)
  })
})

describe('an operation that does not start by itself', () => {
  it('waits with its data, which can be replaced, until it is started once', async () => {
    const id = await create({ start: false })
    const start = () => post(`/v1/operations/${id}/start`)
    const early = await start()
    expect(early.status).toBe(409)
    expect(await read(early)).toMatchObject({ state: 'AWAITING_DATA' })

    await put(id, 'userId\nfirst\n')
    const [first] = await filesOf(id)
    expect(await get(id)).toMatchObject({ state: 'AWAITING_DATA', source: { sha256: sha256('userId\nfirst\n') } })
    await put(id, 'userId\nsecond\n')
    expect(await filesOf(id)).not.toContain(first)
    expect(await filesOf(id)).toHaveLength(1)

    const started = await start()
    expect(started.status).toBe(200)
    expect(await read(started)).toMatchObject({ state: 'SCHEDULED' })
    const again = await start()
    expect(again.status).toBe(409)
    expect(await read(again)).toMatchObject({ state: 'SCHEDULED' })
    await api.work()
    const { rows } = await api.pool.query(`select user_id from users where user_id in ('first', 'second')`)
    expect(rows).toEqual([{ user_id: 'second' }])
  })

  it('can be made by a form too, with its failure policy', async () => {
    const body = form([
      ['type', 'IMPORT_USERS'],
      ['start', 'false'],
      ['maxFailedRows', '3'],
      ['maxFailedRatio', '0.25'],
      ['file', ['u.csv', USERS_CSV]],
    ])
    const made = await api.call('/v1/operations', { method: 'POST', body, scopes: SCOPES })
    const options = { maxFailedRows: 3, maxFailedRatio: 0.25 }
    expect(await read(made)).toMatchObject({ state: 'AWAITING_DATA', source: { bytes: USERS_CSV.length }, options })
  })

  it('is told what is wrong with the fields of its form', async () => {
    const body = form([
      ['type', 'IMPORT_USERS'],
      ['start', 'maybe'],
      ['maxFailedRows', '-1'],
      ['maxFailedRatio', '1.5'],
      ['file', ['u.csv', USERS_CSV]],
    ])
    const answer = await api.call('/v1/operations', { method: 'POST', body, scopes: SCOPES })
    expect(answer.status).toBe(400)
    expect((await read(answer)).causes).toHaveLength(3)
  })
})
