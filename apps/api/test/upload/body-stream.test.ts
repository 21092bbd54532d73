import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../api-under-test.ts'
import { form, USERS_CSV } from '../forms.ts'
import { read } from '../read.ts'
import { openRaw } from './raw-request.ts'

const SCOPES = ['OPERATIONS:ADD', 'OPERATIONS:VIEW', 'BULKUSERS:ADD']
const MAX = 256 * 1024
const MALFORMED = /no well-formed gzip|malformed|early/

let api: ApiUnderTest
let peak = 0
beforeAll(async () => {
  const counted = async function* (bytes: AsyncIterable<Uint8Array>) {
    let stored = 0
    for await (const chunk of bytes) {
      stored += chunk.length
      peak = Math.max(peak, stored)
      yield chunk
    }
  }
  api = await startApi({
    maxUploadBytes: MAX,
    files: (disk) => ({ ...disk, write: (key, bytes) => disk.write(key, counted(bytes)) }),
  })
})
afterAll(() => api.stop())

type Bytes = Uint8Array<ArrayBuffer>
const gzip = (data: string | Uint8Array): Bytes => new Uint8Array(gzipSync(data))

/** Both ways in; each is sent this body, coded so. */
const WAYS: readonly (readonly [
  string,
  (file: string, pack: (whole: Bytes) => Bytes, coding?: string) => Promise<Response>,
])[] = [
  [
    'as the body',
    async (file, pack, coding = 'gzip') => {
      const created = await api.call('/v1/operations', {
        method: 'POST',
        scopes: SCOPES,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'IMPORT_USERS' }),
      })
      return api.call(`/v1/operations/${(await read(created)).id}/data`, {
        method: 'PUT',
        scopes: SCOPES,
        headers: { 'content-type': 'text/csv', 'content-encoding': coding },
        body: pack(new TextEncoder().encode(file)),
      })
    },
  ],
  [
    'in a form',
    async (file, pack, coding = 'gzip') => {
      const plain = new Response(
        form([
          ['type', 'IMPORT_USERS'],
          ['file', ['users.csv', file]],
        ]),
      )
      const headers = { 'content-type': plain.headers.get('content-type') ?? '', 'content-encoding': coding }
      const body = pack(new Uint8Array(await plain.arrayBuffer()))
      return api.call('/v1/operations', { method: 'POST', scopes: SCOPES, headers, body })
    },
  ],
]

describe.each(WAYS)('a file that is sent packed, %s', (_, send) => {
  it('is unpacked on its way', async () => {
    const answer = await send(USERS_CSV, gzip)
    expect(answer.status).toBeLessThan(300)
    expect(await read(answer)).toMatchObject({ state: 'SCHEDULED', source: { bytes: USERS_CSV.length } })
  })

  it('may come as several members', async () => {
    const answer = await send(
      USERS_CSV,
      (whole) => new Uint8Array(Buffer.concat([gzip(whole.subarray(0, 30)), gzip(whole.subarray(30))])),
    )
    expect(await read(answer)).toMatchObject({ source: { bytes: USERS_CSV.length } })
  })

  it('stops at the limit of what comes out, however little goes in', async () => {
    const before = await api.stored()
    peak = 0
    const answer = await send(`userId\n${'x'.repeat(200 * MAX)}`, gzip)
    expect(answer.status).toBe(413)
    expect(peak).toBeLessThan(MAX + 128 * 1024)
    await expect.poll(() => api.stored()).toEqual(before)
  })

  it.each<[string, (whole: Bytes) => Bytes]>([
    ['truncated', (whole) => gzip(whole).slice(0, -12)],
    ['damaged', (whole) => gzip(whole).map((byte, at) => (at === 40 ? byte ^ 0xff : byte))],
    ['not packed at all', (whole) => whole],
    ['empty', () => new Uint8Array()],
  ])('is refused when it is %s', async (_what, pack) => {
    const before = await api.stored()
    const answer = await send(USERS_CSV, pack)
    expect(answer.status).toBe(400)
    await expect.poll(() => api.stored()).toEqual(before)
  })

  it('is refused in another coding', async () => {
    const answer = await send(USERS_CSV, (whole) => whole, 'br')
    expect(answer.status).toBe(415)
    expect(answer.headers.get('accept-encoding')).toBe('gzip')
  })
})

it('damaged data is told as such', async () => {
  const answer = await WAYS[0]?.[1](USERS_CSV, (whole) => whole)
  expect(answer && (await read(answer)).detail).toMatch(MALFORMED)
})

it('what surrounds the file of a form is bounded, too', async () => {
  const headers = { 'content-type': 'multipart/form-data; boundary=x', 'content-encoding': 'gzip' }
  const body = gzip(Buffer.alloc(8 * 1024 * 1024, 'x'))
  const answer = await api.call('/v1/operations', { method: 'POST', scopes: SCOPES, headers, body })
  expect(answer.status).toBe(413)
})

it('a body that the client breaks off in the middle leaves nothing behind', async () => {
  const created = await api.call('/v1/operations', {
    method: 'POST',
    scopes: SCOPES,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'IMPORT_USERS' }),
  })
  const { id } = await read(created)
  const raw = await openRaw(api.url)
  const head = [
    `PUT /v1/operations/${id}/data HTTP/1.1`,
    'Host: x',
    `Authorization: Bearer ${await api.token(SCOPES)}`,
    'Content-Type: text/csv',
    'Content-Encoding: gzip',
    'Content-Length: 100000',
  ]
  raw.socket.write(`${head.join('\r\n')}\r\n\r\n`)
  raw.socket.write(gzip(`userId\n${Array.from({ length: 5_000 }, (_, n) => `${n * 7919}`).join('\n')}`))
  await expect.poll(async () => (await api.stored()).filter((path) => path.includes(`${id}/`))).not.toEqual([])
  raw.socket.destroy()
  await expect.poll(async () => (await api.stored()).filter((path) => path.includes(`${id}`))).toEqual([])
  const operation = await read(await api.call(`/v1/operations/${id}`, { scopes: SCOPES }))
  expect(operation).toMatchObject({ state: 'AWAITING_DATA' })
})
