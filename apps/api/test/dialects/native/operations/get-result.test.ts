import { randomBytes } from 'node:crypto'
import { cardStore, outbox } from '@muster/database'
import type { Card, FileStore, Printer } from '@muster/engine'
import { printCards } from '@muster/operations'
import { enrollmentRecords } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'
import { form } from '../../../forms.ts'
import { read } from '../../../read.ts'

const SCOPES = ['OPERATIONS:ADD', 'OPERATIONS:VIEW', 'ISSUANCE:ADD', 'BULKUSERS:ADD']
const CONTENT = randomBytes(600_000)

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

/** Writes the same bytes whatever the cards are. */
function printer(files: FileStore): Printer {
  return {
    async print(_job, cards: AsyncIterable<Card>, key) {
      for await (const _ of cards);
      await files.write(key, content())
      return []
    },
  }
}

async function* content(): AsyncGenerator<Uint8Array> {
  yield CONTENT
}

/** An operation that prints these ids, as far as its rows are read. */
async function asked(ids: readonly string[]): Promise<string> {
  const answer = await api.call('/v1/operations', {
    method: 'POST',
    scopes: SCOPES,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'PRINT_ENROLLMENTS', ids, options: { printer: 'PDF' } }),
  })
  const { id } = await read(answer)
  await api.work()
  return id
}

async function printed(id: string): Promise<void> {
  const { pool, services } = api
  const messages = outbox(pool)
  const operation = await messages.find(id)
  if (operation === null) throw new Error('no such operation')
  const courier = printCards({ printers: { pdf: printer(services.files) }, cards: cardStore(pool), outbox: messages })
  await courier.deliver(operation, new AbortController().signal)
  await messages.complete(operation)
}

const get = (id: string, options: { tenant?: string; scopes?: string[]; method?: string } = {}) =>
  api.call(`/v1/operations/${id}/result`, { scopes: SCOPES, ...options })

async function anotherPrinted(): Promise<string> {
  const id = await asked(await enrollmentRecords(api, [{ FirstName: 'Ann' }]))
  await printed(id)
  return id
}

describe("an operation's result", () => {
  it('is there once it is COMPLETED, and not before', async () => {
    const id = await asked(await enrollmentRecords(api, [{ FirstName: 'Ann' }]))
    expect((await get(id)).status).toBe(409)
    await printed(id)
    const answer = await get(id)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/pdf')
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="cards_\d+\.pdf"$/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(Buffer.from(await answer.arrayBuffer()).equals(CONTENT)).toBe(true)
    expect((await get(id, { method: 'HEAD' })).status).toBe(200)
  })

  it('is not there where no card was printed', async () => {
    const id = await asked(['no id'])
    expect((await get(id)).status).toBe(404)
  })

  it('is not there of operations that make none', async () => {
    const parts = [
      ['type', 'IMPORT_USERS'],
      ['file', ['u.csv', 'userId\na\n']],
    ] as const
    const body = form(parts)
    const { id } = await read(await api.call('/v1/operations', { method: 'POST', scopes: SCOPES, body }))
    expect((await get(id)).status).toBe(404)
  })

  it('is gone when its files were removed, or are about to be', async () => {
    const expired = await anotherPrinted()
    await api.pool.query('update operations set files_removed_at = now() where id = $1', [expired])
    expect((await get(expired)).status).toBe(410)
    const expiring = await anotherPrinted()
    await api.services.files.remove(`operations/${expiring}/result`)
    expect((await get(expiring)).status).toBe(410)
  })

  it('is for those who may see the operation', async () => {
    const id = await anotherPrinted()
    expect((await get(id, { tenant: 'another' })).status).toBe(404)
    expect((await get(id, { scopes: ['OPERATIONS:ADD'] })).status).toBe(403)
    expect((await get('nothing')).status).toBe(404)
  })
})
