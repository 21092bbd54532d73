import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../api-under-test.ts'
import { form, type Parts, USERS_CSV } from '../forms.ts'
import { read } from '../read.ts'
import { BOUNDARY, FILE_START, head, openRaw } from './raw-request.ts'

const SCOPES = ['OPERATIONS:ADD', 'BULKUSERS:ADD', 'BULKENROLLMENTS:ADD']
const MAX = 256 * 1024
const TYPE = ['type', 'IMPORT_USERS'] as const
const FILE = ['file', ['users.csv', USERS_CSV]] as const

/** Set by a test, taken by the disk under the API: the bytes after which it is full. */
let fullAfter: number | null = null

async function* filling(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let written = 0
  for await (const chunk of bytes) {
    written += chunk.length
    if (fullAfter !== null && written > fullAfter) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    yield chunk
  }
}

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi({
    maxUploadBytes: MAX,
    files: (disk) => ({ ...disk, write: (key, bytes) => disk.write(key, filling(bytes)) }),
  })
})
afterAll(() => api.stop())

afterEach(async () => {
  fullAfter = null
  // Whatever a test here does, nothing may stay behind.
  await expect.poll(() => api.stored()).toEqual([])
  const { rows } = await api.pool.query('select from operations')
  expect(rows).toEqual([])
})

const post = (parts: Parts) => api.call('/v1/operations', { method: 'POST', body: form(parts), scopes: SCOPES })
const big = (bytes: number) => `userId\n${'x'.repeat(bytes - 7)}`

describe('an upload is refused', () => {
  it.each<[string, Parts, RegExp]>([
    ['without a file', [TYPE], /no file/],
    ['with an empty form', [], /no file|malformed/],
    ['with a second file', [TYPE, FILE, FILE], /more than one file/],
    ['with a file of another name', [TYPE, ['other', ['a.csv', USERS_CSV]]], /"other"/],
    ['with a file of another name after the right one', [TYPE, FILE, ['other', ['a.csv', USERS_CSV]]], /"other"/],
    ['with a field that does not exist', [TYPE, FILE, ['color', 'red']], /"color"/],
    ['with a field that does not exist before the file', [['color', 'red'], TYPE, FILE], /"color"/],
    ['with a file that is a field', [TYPE, ['file', USERS_CSV]], /file part/],
    ['without a type', [FILE], /type takes one of/],
    ['with a type that does not exist', [['type', 'IMPORT_CATS'], FILE], /type takes one of/],
    ['with two types', [TYPE, TYPE, FILE], /type is given more than once/],
    ['in an encoding that does not exist', [TYPE, FILE, ['encoding', 'UTF-9']], /encoding takes one of .*Shift_JIS/],
    ['with a delimiter that does not exist', [TYPE, FILE, ['delimiter', 'x']], /delimiter takes/],
    ['with options of another type', [TYPE, FILE, ['factor_configs', '1']], /factor_configs is for/],
    [
      'with factor configs that are not there',
      [FILE, ['type', 'QUICK_ENROLLMENT'], ['factor_configs', '1']],
      /names 1/,
    ],
  ])('%s', async (_, parts, detail) => {
    const answer = await post(parts)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect((await read(answer)).detail).toMatch(detail)
  })

  it('with every mistake told', async () => {
    const answer = await post([['type', 'x'], ['encoding', 'y'], ['delimiter', 'z'], FILE])
    expect((await read(answer)).causes).toHaveLength(3)
  })

  it('for its header, with every cause', async () => {
    const answer = await post([TYPE, ['file', ['a.csv', 'email,email,firstName,\nx,y,z,1\n']]])
    expect(answer.status).toBe(400)
    const { type, causes } = await read(answer)
    expect(type).toBe('urn:muster:problem:header-refused')
    expect(causes.map((cause) => cause.title)).toEqual(['DUPLICATE_COLUMNS', 'MISSING_COLUMNS', 'UNKNOWN_COLUMNS'])
  })

  it.each<[string, string | Uint8Array<ArrayBuffer>, Parts, string]>([
    ['empty', '', [], 'EMPTY_FILE'],
    ['with a header alone', 'userId\n', [], 'EMPTY_FILE'],
    ['not of the encoding', Uint8Array.of(0x75, 0xff, 0xfe, 0x0a, 0x61), [], 'UNREADABLE_HEADER'],
    [
      'of another encoding than the one declared after it',
      'userId\u00fc\n1\n',
      [['encoding', 'US-ASCII']],
      'UNREADABLE_HEADER',
    ],
    ['binary', new Uint8Array(1_000), [], 'UNREADABLE_HEADER'],
  ])('as its file is %s', async (_, content, more, title) => {
    const answer = await post([TYPE, ['file', ['a.csv', content]], ...more])
    expect(answer.status).toBe(400)
    expect((await read(answer)).causes).toMatchObject([{ title }])
  })

  it('with too many fields', async () => {
    const many: Parts = Array.from({ length: 80 }, (_, n) => ['factor_configs', String(n)] as const)
    expect((await post([TYPE, FILE, ...many])).status).toBe(400)
  })

  it('when it is no multipart form', async () => {
    const answer = await api.call('/v1/operations', { method: 'POST', body: USERS_CSV, scopes: SCOPES })
    expect(answer.status).toBe(415)
  })

  it('when its form has no boundary', async () => {
    const headers = { 'content-type': 'multipart/form-data' }
    const answer = await api.call('/v1/operations', { method: 'POST', body: USERS_CSV, headers, scopes: SCOPES })
    expect(answer.status).toBe(400)
  })

  it('when its form ends early', async () => {
    const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
    const body = FILE_START + USERS_CSV
    const answer = await api.call('/v1/operations', { method: 'POST', body, headers, scopes: SCOPES })
    expect(answer.status).toBe(400)
    expect((await read(answer)).detail).toMatch(/malformed|early/)
  })

  it('when the disk is full', async () => {
    fullAfter = 100_000
    const answer = await post([TYPE, ['file', ['a.csv', big(MAX)]]])
    expect(answer.status).toBe(507)
  })

  it('when the database is gone between its authorization and its end', async () => {
    await api.pool.query('alter table operations rename to hidden')
    try {
      expect((await post([TYPE, FILE])).status).toBe(500)
    } finally {
      await api.pool.query('alter table hidden rename to operations')
    }
  })
})

describe('an upload over the limit', () => {
  it('by a byte is refused, when all of it came', async () => {
    const answer = await post([TYPE, ['file', ['a.csv', big(MAX + 1)]]])
    expect(answer.status).toBe(413)
  })

  it('is told from its Content-Length, before its body is read', async () => {
    const raw = await openRaw(api.url)
    raw.socket.write(head(await api.token(SCOPES), [`Content-Length: ${MAX + 2 * 1024 * 1024}`]))
    await raw.until('HTTP/1.1 413')
    await raw.until('"status":413')
    expect(raw.received()).toMatch(/Connection: close/i)
    raw.socket.destroy()
  })

  it('is not asked for when the client asks first', async () => {
    const raw = await openRaw(api.url)
    const headers = [`Content-Length: ${MAX + 2 * 1024 * 1024}`, 'Expect: 100-continue']
    raw.socket.write(head(await api.token(SCOPES), headers))
    await raw.until('"status":413')
    expect(raw.received()).not.toContain('100 Continue')
    raw.socket.destroy()
  })

  it('is told while its chunks still come', async () => {
    const raw = await openRaw(api.url)
    raw.socket.write(head(await api.token(SCOPES), ['Transfer-Encoding: chunked']))
    const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
    raw.socket.write(chunk(FILE_START))
    for (let sent = 0; sent <= MAX; sent += 65_536) raw.socket.write(chunk('x'.repeat(65_536)))
    await raw.until('"status":413')
    raw.socket.destroy()
  })
})

describe('an upload', () => {
  it('that the client breaks off leaves nothing behind', async () => {
    const raw = await openRaw(api.url)
    raw.socket.write(head(await api.token(SCOPES), ['Content-Length: 200000']) + FILE_START + 'userId\n'.repeat(20_000))
    await expect.poll(() => api.stored()).not.toEqual([])
    raw.socket.destroy()
    await expect.poll(() => api.lines.some((line) => line['aborted'] === true)).toBe(true)
  })

  it('is asked for when the client asks first', async () => {
    const raw = await openRaw(api.url)
    const body = `${FILE_START}x\n1\n\r\n--${BOUNDARY}--\r\n`
    raw.socket.write(head(await api.token(SCOPES), [`Content-Length: ${body.length}`, 'Expect: 100-continue']))
    await raw.until('100 Continue')
    raw.socket.write(body)
    await raw.until('type takes one of')
    raw.socket.destroy()
  })

  it('is counted by what became of it', async () => {
    const { body } = await api.metrics.text()
    const count = (outcome: string) =>
      Number(new RegExp(`muster_uploads_total{outcome="${outcome}".*} (\\d+)`).exec(body)?.[1])
    expect(count('refused')).toBeGreaterThan(10)
    expect(count('aborted')).toBeGreaterThan(0)
    expect(count('failed')).toBe(2)
    expect(count('accepted')).toBe(0)
  })
})
