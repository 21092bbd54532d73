import { encodeEnrollmentId } from '@muster/contracts'
import { type EngineHarness, engineHarness, enrollmentRecords } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const BROKEN =
  'eyJ3b3JrZmxvd0lkIjoiOTI1MDkwYWEtZGVjYy00MGZlLWIzZTQtMTYwMjFjNjU5MmIwIiwid2hlcmVDbGF1c2UiOnsiUVVJQ0tTVEFSVFBSSU1BUllLRVkiOiIxNCJ8fQ'
const ANN = { FirstName: 'Ann', LastName: 'Anders', EmployeeNumber: '1', Email: 'ann@example.com' }

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())
beforeEach(() => harness.clear())

const delivered = async () => ({ kind: 'delivered' }) as const
const courier = {
  ready: async (_: unknown, messages: readonly { row: number }[]) =>
    new Map(messages.map(({ row }) => [row, delivered])),
}

async function send(ids: readonly string[]): Promise<string> {
  const id = await harness.upload(`id\n${ids.map((each) => `"${each}"`).join('\n')}\n`, { type: 'SEND_MFP' })
  while ((await harness.turn(id)) === 'turn-over');
  return id
}

async function passes() {
  const { rows } = await harness.database.pool.query<{ record_id: string; row_number: string; voided: boolean }>(
    'select record_id, row_number, voided_at is not null as voided from passes order by id',
  )
  return rows
}

describe('SEND_MFP', () => {
  it('issues a pass for each enrollment, and goes on until every mail is settled', async () => {
    const ids = await enrollmentRecords(harness.database, [ANN, { ...ANN, Email: 'bob@example.com' }])
    const operation = await send(ids)
    expect(await harness.outcome(operation)).toMatchObject({ state: 'PROCESSING', total: 2, succeeded: 0, failed: 0 })
    expect(await harness.deliver(operation, { SEND_MFP: courier })).toBe('ended')
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', total: 2, succeeded: 2, failed: 0 })
    expect((await passes()).map(({ row_number }) => row_number)).toEqual(['1', '2'])
  })

  it('tells of every row why it has no pass', async () => {
    const [ann, none, wrong, several] = await enrollmentRecords(harness.database, [
      ANN,
      { FirstName: 'Cy', LastName: 'C', EmployeeNumber: '2' },
      { ...ANN, Email: 'no address' },
      { ...ANN, Email: 'a@example.com,b@example.com' },
    ])
    const { rows } = await harness.database.pool.query<{ workflow_id: string }>(
      'select workflow_id from enrollment_designs where tenant_id = $1',
      [harness.database.tenantId],
    )
    const workflowId = rows[0]?.workflow_id ?? ''
    const gone = encodeEnrollmentId({ workflowId, key: '999999' })
    const noKey = encodeEnrollmentId({ workflowId, key: '0x1f; drop table' })
    const elsewhere = encodeEnrollmentId({ workflowId: '925090aa-decc-40fe-b3e4-16021c6592b0', key: '1' })
    const list = [BROKEN, '', 'hello', gone, noKey, elsewhere, none, wrong, several, ann].map((id) => id ?? '')
    const operation = await send(list)
    await harness.deliver(operation, { SEND_MFP: courier })
    expect(await harness.outcome(operation)).toMatchObject({
      state: 'COMPLETED',
      succeeded: 1,
      failed: 9,
      failures: [
        '1 INVALID_ENROLLMENT_ID id',
        '2 REQUIRED id',
        '3 INVALID_ENROLLMENT_ID id',
        '4 ENROLLMENT_NOT_FOUND id',
        '5 ENROLLMENT_NOT_FOUND id',
        '6 DESIGN_NOT_FOUND id',
        '7 NO_ADDRESS id',
        '8 INVALID_EMAIL id',
        '9 INVALID_EMAIL id',
      ],
    })
  })

  it('takes every spelling of an id for the same, so that nobody gets two mails', async () => {
    const [id = ''] = await enrollmentRecords(harness.database, [ANN])
    const standard = Buffer.from(id, 'base64url').toString('base64')
    const operation = await send([id, standard])
    expect(await harness.outcome(operation)).toMatchObject({ failures: ['2 DUPLICATE_KEY id 1'] })
    expect(await passes()).toHaveLength(1)
  })

  it('tells of a repeated id in a later chunk too', async () => {
    const [ann = '', bob = ''] = await enrollmentRecords(harness.database, [ANN, { ...ANN, Email: 'b@example.com' }])
    const operation = await harness.upload(`id\n${ann}\n${bob}\n${ann}\n`, { type: 'SEND_MFP' })
    while ((await harness.turn(operation, { engine: { chunkSize: 2 } })) === 'turn-over');
    expect(await harness.outcome(operation)).toMatchObject({ failures: ['3 DUPLICATE_KEY id 1'] })
  })

  it('sends a pass that is in force again instead of issuing a second', async () => {
    const ids = await enrollmentRecords(harness.database, [ANN])
    await send(ids)
    const again = await send(ids)
    expect(await passes()).toHaveLength(1)
    await harness.deliver(again, { SEND_MFP: courier })
    expect(await harness.outcome(again)).toMatchObject({ state: 'COMPLETED', succeeded: 1 })
  })

  it('finds no enrollment of another tenant', async () => {
    const ids = await enrollmentRecords(harness.database, [ANN])
    await harness.database.pool.query('update enrollment_records set tenant_id = tenant_id + 1')
    expect(await harness.outcome(await send(ids))).toMatchObject({ failures: ['1 ENROLLMENT_NOT_FOUND id'] })
  })
})

describe('REVOKE_MFP', () => {
  const revoke = (content: string) => harness.run(content, { type: 'REVOKE_MFP' })

  it('makes passes void, leaves those that are, and tells where there never was one', async () => {
    const [ann = '', bob = ''] = await enrollmentRecords(harness.database, [ANN, { ...ANN, Email: 'b@example.com' }])
    await send([ann])
    expect(await revoke(`id\n${ann}\n${bob}\n`)).toMatchObject({
      state: 'COMPLETED',
      succeeded: 1,
      failures: ['2 PASS_NOT_FOUND id'],
    })
    expect((await passes()).map(({ voided }) => voided)).toEqual([true])
    expect(await revoke(`id\n${ann}\n`)).toMatchObject({ state: 'COMPLETED', succeeded: 0, unchanged: 1, failed: 0 })
  })

  it('issues a new pass after that', async () => {
    const [ann = ''] = await enrollmentRecords(harness.database, [ANN])
    await send([ann])
    await revoke(`id\n${ann}\n`)
    await send([ann])
    expect((await passes()).map(({ voided }) => voided)).toEqual([true, false])
  })

  it('goes on until Google is told of what was given to its wallet', async () => {
    const [ann = ''] = await enrollmentRecords(harness.database, [ANN])
    await send([ann])
    await harness.database.pool.query('update passes set google_claimed_at = now()')
    const operation = await harness.upload(`id\n${ann}\n`, { type: 'REVOKE_MFP' })
    await harness.turn(operation)
    expect(await harness.outcome(operation)).toMatchObject({ state: 'PROCESSING', succeeded: 0 })
    await harness.deliver(operation, { REVOKE_MFP: courier })
    expect(await harness.outcome(operation)).toMatchObject({ state: 'COMPLETED', succeeded: 1 })
  })
})

describe('an enrollment that is being deleted', () => {
  it('is waited for, and gets no pass', async () => {
    const [ann = ''] = await enrollmentRecords(harness.database, [ANN])
    const deleting = await harness.database.pool.connect()
    await deleting.query('begin')
    await deleting.query('delete from enrollment_records')
    const sending = send([ann])
    const waits = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
    while ((await harness.database.pool.query(waits)).rowCount === 0);
    await deleting.query('commit')
    deleting.release()
    expect(await harness.outcome(await sending)).toMatchObject({ failures: ['1 ENROLLMENT_NOT_FOUND id'] })
    expect(await passes()).toEqual([])
  })
})
