import type { FactorConfig } from '@muster/contracts'
import { type CertificateAuthority, certificateAuthority, zip } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'
import { form, type Parts } from '../../../forms.ts'
import { factorConfigsByType } from '../../id360/factor-configs-by-type.ts'

const SCOPES = ['OPERATIONS:VIEW', 'OPERATIONS:ADD', 'BULKUSERS:ADD', 'BULKENROLLMENTS:ADD']

let api: ApiUnderTest
let cards: FactorConfig
let authority: CertificateAuthority
const certificates: Buffer[] = []
beforeAll(async () => {
  api = await startApi()
  cards = (await factorConfigsByType(api))('SmartCardAuthenticator')
  authority = await certificateAuthority({ name: 'Cards CA' })
  for (const name of ['ann', 'bob', 'ann again']) {
    certificates.push((await authority.issue({ subject: `/CN=${name}` })).der)
  }
  await upload([
    ['type', 'IMPORT_USERS'],
    [
      'file',
      [
        'u.csv',
        'userId,email\na,ann@example.com\nb,bob@example.com\nc,t@example.com\nd,T@example.com\ne,e@example.com\n',
      ],
    ],
  ])
  await api.work()
})
afterAll(() => api.stop())
beforeEach(() => api.pool.query('delete from enrollments'))

interface Told {
  readonly id: string
  readonly detail: string
  readonly state: string
  readonly rows: Record<string, number>
}

const get = async (path: string, headers: Record<string, string> = {}) =>
  (await api.call(`/v1/operations/${path}`, { scopes: SCOPES, headers })).json()

async function upload(parts: Parts): Promise<Told> {
  const answer = await api.call('/v1/operations', { method: 'POST', body: form(parts), scopes: SCOPES })
  const told = (await answer.json()) as Told
  expect(answer.status, told.detail).toBe(201)
  return told
}

type Files = readonly (readonly [name: string, data: Uint8Array | undefined])[]

const archive = (files: Files) => new Uint8Array(zip(files.map(([name, data]) => ({ name, data }))))

const enroll = (files: Files) =>
  upload([
    ['file', ['cards.zip', archive(files)]],
    ['type', 'SMART_CARD_ENROLLMENT'],
    ['factor_configs', cards.id],
    ['certificate_filename_pattern', 'Primary Email'],
  ])

/** One file of every fate, but for `unchanged`. */
const mixed = (): Files => [
  ['ANN@example.com.cer', certificates[0]],
  ['bob@example.com.pem', certificates[0]],
  ['x/nobody@example.com.cer', certificates[1]],
  ['t@example.com.cer', certificates[1]],
  ['no address.cer', certificates[1]],
  ['ann@example.com.der', certificates[2]],
  ['e@example.com.crt', Buffer.from('no certificate')],
  ['who@example.com.crt', Buffer.from('no certificate')],
]

describe('an enrollment of a ZIP', () => {
  it('tells how its files and the users came together, before it ran and after', async () => {
    const { id } = await enroll(mixed())
    const none = { withoutUser: 0, ambiguous: 0, unreadableNames: 0, duplicates: 0, certificatesRefused: 0 }
    const before = { entries: null, usersMatched: 0, enrolled: 0, unchanged: 0, ...none }
    expect(await get(`${id}/reconciliation`)).toEqual(before)
    await api.work()
    expect(await get(`${id}/reconciliation`)).toEqual({
      entries: 8,
      usersMatched: 3,
      withoutUser: 2,
      ambiguous: 1,
      unreadableNames: 1,
      duplicates: 1,
      enrolled: 1,
      unchanged: 0,
      certificatesRefused: 2,
    })
    const again = await enroll([['ann@example.com.cer', certificates[2]]])
    await api.work()
    const unchanged = { entries: 1, usersMatched: 1, enrolled: 0, unchanged: 1, ...none }
    expect(await get(`${again.id}/reconciliation`)).toEqual(unchanged)
  })

  it('has rows that are files: without lines, and told by their names', async () => {
    const { id } = await enroll(mixed())
    await api.work()
    expect(await get(id)).toMatchObject({
      state: 'COMPLETED',
      rows: { total: 8, succeeded: 1, failed: 7 },
      source: { fileName: 'cards.zip', encoding: null },
      options: {
        factorConfigs: [cards.id],
        overwriteEnrollmentData: false,
        certificateFilenamePattern: 'Primary Email',
      },
    })
    expect(await get(`${id}/rows/1`)).toMatchObject({ outcome: 'succeeded', line: null, byte: null })
    expect(await get(`${id}/rows/7`)).toMatchObject({ outcome: 'failed', line: null, byte: null })
    const { rows } = (await get(`${id}/failed-rows`, { accept: 'application/json' })) as { rows: object[] }
    expect(rows).toHaveLength(7)
    expect(rows[0]).toMatchObject({ row: 2, line: null, mistakes: [{ code: 'CERTIFICATE_ENROLLED' }] })
    const csv = await (await api.call(`/v1/operations/${id}/failed-rows`, { scopes: SCOPES })).text()
    const [header, first, second] = csv.split('\r\n')
    expect(header).toBe('file,_row,_code,_message')
    expect(first).toMatch(/^bob@example\.com\.pem,2,CERTIFICATE_ENROLLED,/)
    expect(second).toMatch(/^x\/nobody@example\.com\.cer,3,USER_NOT_FOUND,/)
  })

  it('is the only kind of operation with a reconciliation', async () => {
    const { id } = await upload([
      ['type', 'IMPORT_USERS'],
      ['file', ['u.csv', 'userId\nz\n']],
    ])
    const answer = await api.call(`/v1/operations/${id}/reconciliation`, { scopes: SCOPES })
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('IMPORT_USERS is a CSV') })
    const path = `/v1/operations/${(await enroll(mixed())).id}/reconciliation`
    expect((await api.call(path, { scopes: ['OPERATIONS:ADD'] })).status).toBe(403)
    expect((await api.call(path, { scopes: SCOPES, tenant: 'other' })).status).toBe(404)
    await api.work()
  })
})

describe('a retry of a ZIP', () => {
  const retry = (id: string, body?: FormData) =>
    api.call(`/v1/operations/${id}/retry`, { method: 'POST', scopes: SCOPES, ...(body && { body }) })

  it('runs the files as they are, or those of another ZIP', async () => {
    const { id } = await enroll([
      ['bob@example.com.cer', certificates[1]],
      ['late@example.com.cer', certificates[2]],
    ])
    await api.work()
    await upload([
      ['type', 'IMPORT_USERS'],
      ['file', ['u.csv', 'userId,email\nl,late@example.com\n']],
    ])
    await api.work()
    const child = (await (await retry(id)).json()) as Told
    await api.work()
    expect(await get(child.id)).toMatchObject({ rows: { total: 1, succeeded: 1 }, source: { encoding: null } })
    expect(await get(id)).toMatchObject({ rows: { failed: 1, resolved: 1 } })

    const body = form([['file', ['more.zip', archive([['bob@example.com.cer', certificates[1]]])]]])
    const sent = await retry(id, body)
    expect(sent.status).toBe(201)
    expect(await sent.json()).toMatchObject({ retryOf: id, options: { certificateFilenamePattern: 'Primary Email' } })
    await api.work()
  })

  it('takes no CSV, and nothing that is said of one', async () => {
    const { id } = await enroll([['late@example.com', certificates[2]]])
    await api.work()
    const csv = await retry(id, form([['file', ['rows.csv', 'file,_row\na,1\n']]]))
    expect(csv.status).toBe(400)
    expect(await csv.json()).toMatchObject({
      type: 'urn:muster:problem:archive-refused',
      title: 'The archive cannot be used',
      causes: [{ title: 'ARCHIVE_REFUSED' }],
    })
    const named = await retry(
      id,
      form([
        ['encoding', 'UTF-8'],
        ['delimiter', ','],
        ['file', ['a.zip', archive([])]],
      ]),
    )
    expect(named.status).toBe(400)
    expect(((await named.json()) as { causes: object[] }).causes).toHaveLength(2)
  })

  it('is gone with an archive that was removed for the private keys in it', async () => {
    const { id } = await enroll([['late@example.com', certificates[2]]])
    await api.work()
    await api.pool.query('update operations set archive_removed_at = now() where id = $1', [id])
    const answer = await retry(id)
    expect(answer.status).toBe(410)
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('private keys') })
    const body = form([['file', ['more.zip', archive([['late@example.com.cer', certificates[2]]])]]])
    expect((await retry(id, body)).status).toBe(201)
    await api.work()
  })

  it('of a retry is gone with the archive that both read', async () => {
    const { id } = await enroll([['nobody@example.com.cer', certificates[2]]])
    await api.work()
    const child = (await (await retry(id)).json()) as Told
    await api.work()
    expect(await get(child.id)).toMatchObject({ state: 'COMPLETED', rows: { failed: 1 } })
    expect((await retry(child.id)).status).toBe(201)
    await api.work()
    const deleted = await api.call(`/v1/operations/${id}`, { method: 'DELETE', scopes: ['OPERATIONS:DELETE'] })
    expect(deleted.status).toBe(204)
    const answer = await retry(child.id)
    expect(answer.status).toBe(410)
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('was removed') })
  })
})
