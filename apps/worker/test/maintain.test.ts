import { isPending, operationHistory, type Pool, pendingOperations } from '@muster/database'
import type { FileStore } from '@muster/engine'
import { smartCardEnrollmentOptions } from '@muster/operations'
import { createLogger } from '@muster/telemetry'
import { type EngineHarness, engineHarness, zip } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { maintain } from '../src/maintain.ts'

const RETENTION = { awaitingDataHours: 24, filesDays: 30, recordsDays: 90 }
const DAY_MS = 24 * 60 * 60 * 1000

let harness: EngineHarness
let pool: Pool
let lines: string[]
beforeAll(async () => {
  harness = await engineHarness()
  pool = harness.database.pool
})
afterAll(() => harness.database.drop())
beforeEach(async () => {
  lines = []
  await harness.clear()
})

/** What a run does that comes so many days from now. */
async function afterDays(days: number, files: FileStore = harness.files, signal = new AbortController().signal) {
  const log = createLogger({
    service: 'worker',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  })
  await maintain({ pool, files, log }, RETENTION, signal, Date.now() + days * DAY_MS)
}

/** An operation of two rows, one of which fails, that has ended. */
async function completed(): Promise<string> {
  const id = await harness.upload('userId,email\na,a@example.org\nb,nonsense\n')
  await harness.turn(id)
  expect((await harness.outcome(id)).state).toBe('COMPLETED')
  return id
}

/** An operation that awaits its data. */
async function awaiting(): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into operations (id, tenant_id, type, name, state, reason, options, created_by, changed_by)
    values (gen_random_uuid(), $1, 'IMPORT_USERS', 'test', 'AWAITING_DATA', 'Its data is to come.', 'null', 'me', 'me')
    returning id`,
    [harness.database.tenantId],
  )
  return rows[0]?.id ?? ''
}

/** An operation on an archive of these texts that has ended. */
async function archived(...texts: string[]): Promise<string> {
  const cards = { id: '9', name: 'Cards', factorType: 'SmartCardAuthenticator', settings: {} } as const
  const id = await harness.upload(
    zip(texts.map((text, index) => ({ name: `u${index}@example.com.pem`, data: Buffer.from(text) }))),
    {
      type: 'SMART_CARD_ENROLLMENT',
      options: smartCardEnrollmentOptions([cards], { overwrite: false, pattern: 'Primary Email' }),
    },
  )
  await harness.turn(id)
  expect((await harness.outcome(id)).state).toBe('COMPLETED')
  return id
}

const PRIVATE_KEY = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n'

/** The names of an operation's files. */
async function fileNames(id: string): Promise<string[]> {
  const names = ['source', 'source.utf8']
  const there = await Promise.all(
    names.map(async (name) => {
      try {
        for await (const _ of harness.files.read(`operations/${id}/${name}`)) return true
        return true
      } catch {
        return false
      }
    }),
  )
  return names.filter((_, index) => there[index])
}

async function stored(id: string) {
  const { rows } = await pool.query('select * from operations where id = $1', [id])
  return rows[0]
}

async function hasFiles(id: string): Promise<boolean> {
  for await (const { name } of harness.files.folders('operations')) if (name === id) return true
  return false
}

describe('maintenance', () => {
  it('cancels what got no data within its time, and tells why', async () => {
    const id = await awaiting()
    await afterDays(0.99)
    expect((await stored(id)).state).toBe('AWAITING_DATA')
    await afterDays(1.01)
    const { number, state, total, ended_at, reason } = await stored(id)
    expect({ state, total, reason }).toEqual({
      state: 'CANCELLED',
      total: '0',
      reason: 'No data came within 24 hours.',
    })
    expect(ended_at).toBeInstanceOf(Date)
    const history = await operationHistory(pool, BigInt(number), { after: null, limit: 10 })
    expect(history.at(-1)).toMatchObject({ from: 'AWAITING_DATA', to: 'CANCELLED', by: 'retention', reason })
  })

  it('cancels what has its data and was not started; its rows are counted as those of any', async () => {
    const id = await harness.upload('userId\na\n')
    await pool.query('delete from operations')
    await pool.query(
      `insert into operations (id, tenant_id, type, name, state, reason, options, source, created_by, changed_by)
      select $1, $2, 'IMPORT_USERS', 'test', 'AWAITING_DATA', 'It is to be started.', 'null', '{"bytes": 9}', 'me', 'me'`,
      [id, harness.database.tenantId],
    )
    await afterDays(1.01)
    expect(await stored(id)).toMatchObject({
      state: 'CANCELLED',
      total: null,
      reason: 'It was not started within 24 hours.',
    })
    expect(await hasFiles(id)).toBe(true)
    expect(await isPending(pool, id, 4)).toBe(true)
  })

  it('leaves those alone that have not ended, however old', async () => {
    const id = await harness.upload('userId\na\n')
    await afterDays(1_000)
    expect(await hasFiles(id)).toBe(true)
    expect(await pendingOperations(pool, 4)).toHaveLength(1)
  })

  it('removes files when their time is over, and the record later', async () => {
    const id = await completed()
    await afterDays(29.9)
    expect(await hasFiles(id)).toBe(true)
    await afterDays(30.1)
    expect(await hasFiles(id)).toBe(false)
    expect((await stored(id)).files_removed_at).toBeInstanceOf(Date)
    expect((await harness.outcome(id)).failures).toEqual(['2 INVALID_EMAIL email'])
    await afterDays(89.9)
    expect(await stored(id)).toBeDefined()
    await afterDays(90.1)
    expect(await stored(id)).toBeUndefined()
    for (const table of ['failed_rows', 'lanes', 'chunks', 'operation_history']) {
      expect((await pool.query(`select from ${table}`)).rowCount, table).toBe(0)
    }
  })

  it('removes the files of what was deleted, when nobody did', async () => {
    const id = await completed()
    await pool.query('update operations set deleted_at = now()')
    await afterDays(0)
    expect(await hasFiles(id)).toBe(false)
    expect(await stored(id)).toBeUndefined()
  })

  it('may run in several processes at once, over many operations', async () => {
    const ids: string[] = []
    for (let each = 0; each < 30; each++) ids.push(await harness.upload('userId\na\n'))
    await pool.query(
      `update operations set state = 'CANCELLED', reason = 'x', ended_at = now(), total = 1, created_at = now()`,
    )
    await Promise.all([afterDays(31), afterDays(31), afterDays(31)])
    expect((await pool.query('select from operations where files_removed_at is null')).rowCount).toBe(0)
    for (const id of ids) expect(await hasFiles(id)).toBe(false)
  })

  it('removes and marks the others when one folder cannot be removed, which is tried again', async () => {
    const [one, other] = [await completed(), await harness.upload('userId\nz\n')]
    await harness.turn(other)
    const stuck: FileStore = {
      ...harness.files,
      remove: (key) => (key.endsWith(one) ? Promise.reject(new Error('EACCES')) : harness.files.remove(key)),
    }
    await afterDays(31, stuck)
    expect([await hasFiles(one), await hasFiles(other)]).toEqual([true, false])
    expect([(await stored(one)).files_removed_at, (await stored(other)).files_removed_at]).toEqual([
      null,
      expect.any(Date),
    ])
    expect(lines.filter((line) => line.includes(one))).toHaveLength(1)
    await afterDays(31)
    expect(await hasFiles(one)).toBe(false)
  })

  it('removes an archive that held a private key at once, and what tells of its rows in their time', async () => {
    const [held, other] = [await archived('nothing', PRIVATE_KEY), await archived('nothing')]
    await afterDays(0)
    expect(await fileNames(held)).toEqual(['source.utf8'])
    expect((await stored(held)).archive_removed_at).toBeInstanceOf(Date)
    expect(await fileNames(other)).toEqual(['source', 'source.utf8'])
    expect((await stored(other)).archive_removed_at).toBeNull()
    expect((await harness.outcome(held)).failures).toContain('2 PRIVATE_KEY')
    await afterDays(31)
    expect([await hasFiles(held), await hasFiles(other)]).toEqual([false, false])
  })

  it('leaves an archive alone while a retry reads it', async () => {
    const id = await archived('nothing', PRIVATE_KEY)
    const first = await harness.retry(id)
    await harness.turn(first)
    const retry = await harness.retry(first)
    await harness.turn(retry, { chunks: 0 })
    await afterDays(31)
    expect(await fileNames(id)).toEqual(['source', 'source.utf8'])
    await harness.turn(retry)
    expect((await harness.outcome(retry)).state).toBe('COMPLETED')
    await afterDays(0)
    expect(await fileNames(id)).toEqual(['source.utf8'])
  })

  it('does not leave it alone for a retry that is paused', async () => {
    const id = await archived('nothing')
    await harness.retry(id)
    await pool.query(`update operations set paused = true where state = 'SCHEDULED'`)
    await afterDays(31)
    expect(await hasFiles(id)).toBe(false)
  })

  it('does nothing more when it is asked to stop', async () => {
    await awaiting()
    await afterDays(2, harness.files, AbortSignal.abort())
    expect((await pool.query(`select from operations where state = 'AWAITING_DATA'`)).rowCount).toBe(1)
  })
})
