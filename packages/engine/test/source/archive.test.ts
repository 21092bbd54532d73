import { type FileStore, type RowOperation, rowOperation, text, Wrong } from '@muster/engine'
import { type EngineHarness, engineHarness, type ZipEntry, zip } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

/** Creates a user of each file's name, its text as the first name; `bad` is no text. */
const importFiles: RowOperation = rowOperation({
  type: 'SMART_CARD_ENROLLMENT',
  title: '',
  permission: 'BULKUSERS:ADD',
  options: () => null,
  otherColumn: null,
  key: 'file',
  columns: () => [text('file', 'user_id', { required: true, example: ['a', 'b'] })],
  content: {
    column: { name: 'first_name', type: 'text' },
    reader: () => (file) => {
      const read = Buffer.from(file).toString()
      return read === 'bad' ? [new Wrong('NOT_A_CERTIFICATE')] : read
    },
  },
  isOrdered: true,
  isDeferred: false,
  apply: () => `
    created as (
      insert into users (tenant_id, user_id, first_name, row_number, operation_number)
      select $1, user_id, first_name, row_number, $2 from input where not refused returning row_number),
    succeeded as (select row_number from created),
    unchanged as (select null::bigint as row_number where false),
    mistakes as (select null::bigint as row_number, null::text as code, null::text as column_name, null::jsonb as params where false)`,
})

let harness: EngineHarness
let engine: { operations: Readonly<Record<string, RowOperation>> }
beforeAll(async () => {
  harness = await engineHarness()
  engine = { operations: { ...harness.engine.operations, SMART_CARD_ENROLLMENT: importFiles } }
})
afterAll(() => harness.database.drop())
beforeEach(() => harness.clear())

const entry = (name: string, content = `text of ${name}`): ZipEntry => ({ name, data: Buffer.from(content) })
const files = (count: number) => Array.from({ length: count }, (_, i) => entry(`u${i + 1}`))
const upload = (archive: Uint8Array) => harness.upload(archive, { type: 'SMART_CARD_ENROLLMENT' })

async function run(archive: Uint8Array, more: { chunkSize?: number; files?: FileStore } = {}) {
  const id = await upload(archive)
  while ((await harness.turn(id, { engine: { ...engine, ...more } })) === 'turn-over');
  return harness.outcome(id)
}

/** The file store, and what was read of which file. */
function watched() {
  const read: string[] = []
  const store: FileStore = {
    ...harness.files,
    read(key, ...range) {
      read.push(key)
      return harness.files.read(key, ...range)
    },
  }
  return { store, read }
}

describe('an archive', () => {
  it('has a row for each of its files, in its order', async () => {
    const archive = zip([entry('z'), { name: 'folder/' }, entry('.hidden'), entry('folder/a', 'bad'), entry('b,"1"\n')])
    expect(await run(archive)).toMatchObject({
      state: 'COMPLETED',
      total: 3,
      succeeded: 2,
      failures: ['2 NOT_A_CERTIFICATE'],
    })
    const users = await harness.users()
    expect(users).toMatchObject([
      { user_id: 'b,"1"', first_name: 'text of b,"1"\n', row_number: '3' },
      { user_id: 'z', first_name: 'text of z', row_number: '1' },
    ])
  })

  it('tells what is wrong with a file by the directory, and what by what is in it', async () => {
    const outcome = await run(
      zip([entry('a'), { ...entry('b'), flags: 1 }, { ...entry('c'), crc32: 1 }, { ...entry('d'), method: 12 }]),
    )
    expect(outcome.failures).toEqual(['2 ENTRY_ENCRYPTED', '3 CRC_MISMATCH', '4 UNSUPPORTED_METHOD 12'])
    expect(outcome).toMatchObject({ total: 4, succeeded: 1, failed: 3 })
  })

  it('without files is complete with no rows', async () => {
    expect(await run(zip([{ name: 'folder/' }]))).toMatchObject({ state: 'COMPLETED', total: 0 })
  })

  it('is refused whole, with one sentence and no row, when it is damaged', async () => {
    const archive = zip(files(5))
    const outcome = await run(archive.subarray(0, archive.length - 30))
    expect(outcome).toMatchObject({ state: 'FAILED', succeeded: 0, failed: 0, failures: [] })
    expect(outcome.fault).toMatch(/^The .*\.$/)
    expect(await harness.users()).toEqual([])
  })

  it('is listed once, and goes on from the list', async () => {
    const id = await upload(zip(files(10)))
    await harness.turn(id, { chunks: 2, engine: { ...engine, chunkSize: 3 } })
    expect(await harness.outcome(id)).toMatchObject({ state: 'PROCESSING', succeeded: 6 })
    const { store, read } = watched()
    const list = { entries: () => expect.unreachable('the directory was read again') }
    const archives = { ...harness.engine.archives, ...list }
    await harness.turn(id, { engine: { ...engine, files: store, archives, chunkSize: 3 } })
    expect(await harness.outcome(id)).toMatchObject({ state: 'COMPLETED', total: 10, succeeded: 10 })
    expect(new Set(read)).toEqual(new Set([`operations/${id}/source`, `operations/${id}/source.utf8`]))
  })

  it('leaves no half list when the worker must let go', async () => {
    const id = await upload(zip(files(3)))
    expect(await harness.turn(id, { engine, signal: AbortSignal.abort('shutdown') })).toBe('turn-over')
    const { rows } = await harness.database.pool.query('select normalised_key from operations')
    expect(rows).toEqual([{ normalised_key: null }])
    await harness.turn(id, { engine })
    expect(await harness.outcome(id)).toMatchObject({ state: 'COMPLETED', total: 3 })
  })

  it('that is gone ends the operation, what was applied staying so', async () => {
    const id = await upload(zip(files(10)))
    await harness.turn(id, { chunks: 1, engine: { ...engine, chunkSize: 3 } })
    await harness.files.remove(`operations/${id}/source`)
    await harness.turn(id, { engine })
    const outcome = await harness.outcome(id)
    expect(outcome).toMatchObject({ state: 'FAILED', succeeded: 3 })
    expect(outcome.fault).toMatch(/no longer in the file store/)
  })

  it('has one lane, however many others have', async () => {
    const id = await upload(zip(files(3)))
    await harness.turn(id, { engine: { ...engine, lanes: 4 } })
    const { rows } = await harness.database.pool.query('select lane from lanes')
    expect(rows).toEqual([{ lane: 0 }])
  })

  it('is read in chunks by the size of its files', async () => {
    const large = Array.from({ length: 6 }, (_, i) => entry(`u${i}`, `${i}`.repeat(1024 * 1024 - 1)))
    const before = harness.told.chunks
    expect(await run(zip(large), { chunkSize: 5_000 })).toMatchObject({ state: 'COMPLETED', succeeded: 6 })
    expect(harness.told.chunks - before).toBe(3)
  })
})

describe('reading an archive', () => {
  it('lets others have the process in between, though every file is in memory already', async () => {
    let others = 0
    const had: number[] = []
    const slow: RowOperation = {
      ...importFiles,
      content: {
        column: { name: 'first_name', type: 'text' },
        reader: () => () => {
          const until = performance.now() + 5
          while (performance.now() < until);
          had.push(others)
          return 'read'
        },
      },
    }
    const id = await upload(zip(files(200)))
    const counting = setInterval(() => void others++, 1)
    await harness.turn(id, { engine: { operations: { ...engine.operations, SMART_CARD_ENROLLMENT: slow } } })
    clearInterval(counting)
    expect(await harness.outcome(id)).toMatchObject({ state: 'COMPLETED', succeeded: 200 })
    // 200 files of 5 ms, in one window, with a pause after each 50 ms.
    expect((had.at(-1) ?? 0) - (had[0] ?? 0)).toBeGreaterThan(10)
  })
})

describe('an archive whose operation was cancelled', () => {
  it('has the files counted that were not reached, none of them read', async () => {
    const id = await upload(zip(files(10)))
    await harness.turn(id, { chunks: 1, engine: { ...engine, chunkSize: 3 } })
    await harness.database.pool.query(
      `update operations set state = 'CANCELLED', reason = 'no', changed_by = 'test', ended_at = now(), lease = lease + 1`,
    )
    const { store, read } = watched()
    await harness.turn(id, { engine: { ...engine, files: store } })
    expect(await harness.outcome(id)).toMatchObject({ state: 'CANCELLED', total: 10, succeeded: 3 })
    expect(read).toEqual([`operations/${id}/source.utf8`])
  })
})

describe('an archive that was cancelled before it was listed', () => {
  const cancelled = async (archive: Uint8Array) => {
    const id = await upload(archive)
    await harness.database.pool.query(
      `update operations set state = 'CANCELLED', reason = 'no', changed_by = 'test', ended_at = now(), lease = lease + 1`,
    )
    await harness.turn(id, { engine })
    return id
  }

  it('has its files counted, and can be retried', async () => {
    const id = await cancelled(zip(files(1_500)))
    expect(await harness.outcome(id)).toMatchObject({ state: 'CANCELLED', total: 1_500, succeeded: 0 })
    const retry = await harness.retry(id)
    await harness.turn(retry, { engine })
    expect(await harness.outcome(retry)).toMatchObject({ state: 'COMPLETED', total: 1_500, succeeded: 1_500 })
  })

  it('has none when it is damaged', async () => {
    const archive = zip(files(5))
    const id = await cancelled(archive.subarray(0, archive.length - 30))
    expect(await harness.outcome(id)).toMatchObject({ state: 'CANCELLED', total: 0 })
  })
})

describe('a retry of an archive', () => {
  it('runs the failed and unprocessed files again, from the first archive', async () => {
    const id = await upload(zip([entry('a'), entry('b', 'bad'), entry('c'), entry('d'), { ...entry('e'), crc32: 1 }]))
    await harness.turn(id, { chunks: 1, engine: { ...engine, chunkSize: 3 } })
    await harness.database.pool.query(
      `update operations set state = 'CANCELLED', reason = 'no', changed_by = 'test', ended_at = now(), lease = lease + 1`,
    )
    const retry = await harness.retry(id)
    await harness.turn(retry, { engine })
    expect(await harness.outcome(retry)).toMatchObject({
      state: 'COMPLETED',
      total: 3,
      succeeded: 1,
      failures: ['1 NOT_A_CERTIFICATE', '3 CRC_MISMATCH'],
    })
    const again = await harness.retry(retry)
    await harness.turn(again, { engine })
    expect(await harness.outcome(again)).toMatchObject({
      total: 2,
      failures: ['1 NOT_A_CERTIFICATE', '2 CRC_MISMATCH'],
    })
    expect((await harness.users()).map(({ user_id }) => user_id)).toEqual(['a', 'c', 'd'])
  })

  it('fails, and says so, when the first archive is gone', async () => {
    const id = await upload(zip([entry('a', 'bad')]))
    await harness.turn(id, { engine })
    const retry = await harness.retry(id)
    await harness.files.remove(`operations/${id}/source`)
    await harness.turn(retry, { engine })
    const outcome = await harness.outcome(retry)
    expect(outcome.state).toBe('FAILED')
    expect(outcome.fault).toMatch(/no longer in the file store/)
  })
})
