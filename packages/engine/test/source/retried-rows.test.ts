import { LeaseLost } from '@muster/engine'
import { type EngineHarness, engineHarness } from '@muster/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())
beforeEach(async () => {
  await harness.clear()
  await query('delete from groups')
})

const query = async <T extends object>(text: string, values: unknown[] = []) =>
  (await harness.database.pool.query<T>(text, values)).rows

const cancel = (id: string) =>
  query(
    `update operations set state = 'CANCELLED', reason = 'no more', changed_by = 'test', ended_at = now(),
      lease = lease + 1 where id = $1 and ended_at is null`,
    [id],
  )

async function toItsEnd(id: string, chunkSize = 5_000): Promise<void> {
  while ((await harness.turn(id, { engine: { chunkSize } })) === 'turn-over');
}

const resolvedOf = async (parentId: string) =>
  (
    await query<{ row: number }>(
      `select row_number::int as row from resolved_rows
      where operation_number = (select number from operations where id = $1) order by 1`,
      [parentId],
    )
  ).map(({ row }) => row)

const counter = async (childId: string) =>
  (
    await query<{ resolved: number }>(
      `select sum(resolved)::int as resolved from lanes
      where operation_number = (select number from operations where id = $1)`,
      [childId],
    )
  )[0]?.resolved

// Some rows are bad by themselves, some are no records, some have a group that only comes later.
const record = fc.tuple(fc.constantFrom('ok', 'later', 'bad', 'malformed', 'bytes'), fc.nat({ max: 30 }))
type Kind = 'ok' | 'later' | 'bad' | 'malformed' | 'bytes'

function lineOf(kind: string, key: number): Buffer {
  const userId = key < 8 ? `u${key}` : `u${key}-${kind}`
  const lines: Record<string, string> = {
    ok: `${userId},"a ""quoted"", cell\r\n",`,
    later: `${userId},=x,Later`,
    bad: `,'+1,`,
    malformed: `${userId},a"b,c`,
    bytes: `${userId},\xff,`,
  }
  return Buffer.from(`${lines[kind]}\n`, 'latin1')
}

describe('a retry without a file', () => {
  it('runs exactly the rows that failed or were not reached, and resolves those that come through', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 8 }),
        async (records, lanes, chunkSize, chunks) => {
          await harness.clear()
          await query('delete from groups')
          const file = Buffer.concat([
            Buffer.from('userId,lastName,group\n'),
            ...records.map(([kind, key]) => lineOf(kind as Kind, key)),
          ])
          const parent = await harness.upload(file)
          await harness.turn(parent, { chunks, engine: { chunkSize, lanes } })
          await cancel(parent)
          const done = new Set((await harness.users()).map((user) => Number(user['row_number'])))

          await query(`insert into groups (tenant_id, name) values ($1, 'Later')`, [harness.database.tenantId])
          const child = await harness.retry(parent)
          await toItsEnd(child, chunkSize)

          const outcome = await harness.outcome(child)
          const left = records.flatMap((_, index) => (done.has(index + 1) ? [] : [index + 1]))
          expect(outcome).toMatchObject({ state: 'COMPLETED', total: left.length })
          expect(outcome.succeeded + outcome.failed).toBe(left.length)
          const failed = new Set(outcome.failures.map((failure) => Number.parseInt(failure, 10)))
          const through = left.filter((_, index) => !failed.has(index + 1))
          expect(await resolvedOf(parent)).toEqual(through)
          expect(await counter(child)).toBe(through.length)
          for (const number of through) expect(records[number - 1]?.[0]).toMatch(/ok|later/)
          const codes = new Map(outcome.failures.map((each) => [Number.parseInt(each, 10), each.split(' ')[1]]))
          for (const [index, number] of left.entries()) {
            if (records[number - 1]?.[0] === 'malformed') expect(codes.get(index + 1)).toBe('MALFORMED_ROW')
            if (records[number - 1]?.[0] === 'bytes') expect(codes.get(index + 1)).toBe('INVALID_BYTES')
          }
          const again = await harness.retry(parent)
          await toItsEnd(again)
          expect((await harness.outcome(again)).total).toBe(left.length - through.length)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('runs the cells as they were', async () => {
    const cells = ['=1', "'=1", ' padded ', 'a\r\nb', 'a"b', 'a,b', "'", '太郎']
    const quoted = cells.map((cell) => `"${cell.replaceAll('"', '""')}"`)
    const lines = quoted.map((cell, index) => `u${index},${cell},Later\n`)
    const parent = await harness.upload(`userId,note,group\n${lines.join('')}`)
    await toItsEnd(parent)
    expect((await harness.outcome(parent)).failed).toBe(cells.length)
    await query(`insert into groups (tenant_id, name) values ($1, 'Later')`, [harness.database.tenantId])
    await toItsEnd(await harness.retry(parent))
    const users = await harness.users()
    expect(users.map((user) => user['attributes'])).toEqual(cells.map((note) => ({ note: note.trim() })))
  })

  it('can itself be retried, a record that was malformed still telling why', async () => {
    const parent = await harness.upload('userId,lastName\nok,b\nx"y,z\n')
    await toItsEnd(parent)
    const child = await harness.retry(parent)
    await toItsEnd(child)
    const grandchild = await harness.retry(child)
    await toItsEnd(grandchild)
    const first = await harness.outcome(parent)
    expect(first.failures).toEqual(['2 MALFORMED_ROW a quote in the middle of a cell'])
    expect((await harness.outcome(grandchild)).failures).toEqual(['1 MALFORMED_ROW a quote in the middle of a cell'])
  })

  it('decodes a source of another encoding that had no copy in UTF-8 yet', async () => {
    const file = Buffer.concat([
      Buffer.from('userId,firstName\na,'),
      Buffer.from([0x91, 0xbe, 0x98, 0x59]),
      Buffer.from('\n'),
    ])
    const parent = await harness.upload(file, { encoding: 'Shift_JIS' })
    await cancel(parent)
    await toItsEnd(await harness.retry(parent))
    expect(await harness.users()).toMatchObject([{ first_name: '太郎' }])
    expect(await resolvedOf(parent)).toEqual([1])
  })

  it('fails with what to do when the file is gone, or the operation', async () => {
    const parent = await harness.upload('userId\n""\n')
    await toItsEnd(parent)
    const [one, other] = [await harness.retry(parent), await harness.retry(parent)]
    await harness.files.remove(`operations/${parent}`)
    await toItsEnd(one)
    expect((await harness.outcome(one)).fault).toMatch(/^The rows to run again cannot be read: .* no longer/)
    await query('update operations set deleted_at = now() where id = $1', [parent])
    await toItsEnd(other)
    expect((await harness.outcome(other)).fault).toMatch(/was removed/)
  })
})

describe('resolving', () => {
  it('happens exactly once, however often the worker dies', async () => {
    const parent = await harness.upload(
      `userId,group\n${Array.from({ length: 30 }, (_, i) => `u${i},New`).join('\n')}\n`,
    )
    await toItsEnd(parent)
    await query(`insert into groups (tenant_id, name) values ($1, 'New')`, [harness.database.tenantId])
    const child = await harness.retry(parent)
    const { store } = harness.engine
    for (let dead = 0; dead < 6; dead++) {
      let transactions = 0
      const dying = {
        ...store,
        transaction: <T>(work: Parameters<typeof store.transaction<T>>[0]) =>
          store.transaction<T>(async (tx) => {
            const result = await work(tx)
            if (++transactions > 1) throw new Error('killed')
            return result
          }),
      }
      await expect(harness.turn(child, { engine: { store: dying, chunkSize: 4, lanes: 2 } })).rejects.toThrow('killed')
    }
    await toItsEnd(child, 4)
    expect(await harness.outcome(child)).toMatchObject({ state: 'COMPLETED', total: 30, succeeded: 30 })
    expect(await resolvedOf(parent)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    expect(await counter(child)).toBe(30)
  })

  it('is of no row when a worker was overtaken while it made the file', async () => {
    const parent = await harness.upload('userId,group\na,New\nb,New\n')
    await toItsEnd(parent)
    const child = await harness.retry(parent)
    const { store } = harness.engine
    const overtaken = {
      ...store,
      setNormalised: async () => {
        await store.claim(child, () => 2)
        throw new LeaseLost()
      },
    }
    expect(await harness.turn(child, { engine: { store: overtaken } })).toBe('ended')
    await expect(
      (async () => {
        for await (const _ of harness.files.read(`operations/${child}/source.1.utf8`));
      })(),
    ).rejects.toThrow(/no file/)
    await query(`insert into groups (tenant_id, name) values ($1, 'New')`, [harness.database.tenantId])
    await toItsEnd(child)
    expect(await resolvedOf(parent)).toEqual([1, 2])
  })
})
