import type { Delivering, Message, Outbox, Settlement } from '@muster/engine/ports'
import type { Pool } from 'pg'
import { completeOperation } from '../turns/end-operation.ts'
import { inTransaction } from '../turns/transaction.ts'
import { findDelivering } from './find-delivering.ts'
import { type Over, settleRows } from './settle-rows.ts'
import { stopDelivering } from './stop-delivering.ts'

interface DueRow {
  row: string
  subject: string
  createdAt: Date
  attempts: number
}

const DUE = `
  select row_number as row, subject_id as subject, created_at as "createdAt", attempts from outbox
  where operation_number = $1 and settled_at is null and held_by is null and due_at <= now()
  order by due_at, row_number limit $2`

// The operation is locked lest it be withdrawn between: what was asked to end waits for this, or this finds out.
const HOLD = `
  with sent as (
    select number from operations where number = $1 and state = 'PROCESSING' and not paused for share
  )
  update outbox set held_by = $2, due_at = now() + make_interval(secs => $3), attempts = attempts + 1
  from sent
  where operation_number = number and row_number = any($4::bigint[]) and settled_at is null and held_by is null
  returning row_number`

const RELEASE = `
  update outbox set held_by = null, due_at = now() + make_interval(secs => e.seconds)
  from unnest($3::bigint[], $4::float8[]) as e (row_number, seconds)
  where operation_number = $1 and outbox.row_number = e.row_number and held_by = $2 and settled_at is null`

/** The messages of operations in PostgreSQL. */
export function outbox(pool: Pool): Outbox {
  const settle = (operation: Delivering, over: Over) =>
    inTransaction(pool, 'begin', (client) => settleRows(client, operation, over))
  return {
    find: (operationId) => findDelivering(pool, operationId),
    async due({ number }, limit) {
      const { rows } = await pool.query<DueRow>(DUE, [number, limit])
      return rows.map((row): Message => ({ ...row, row: Number(row.row) }))
    },
    async hold({ number }, rows, holder, seconds) {
      const held = await pool.query<{ row_number: string }>(HOLD, [number, holder, seconds, rows])
      return new Set(held.rows.map(({ row_number }) => Number(row_number)))
    },
    settle: (operation, holder, over, again) =>
      inTransaction(pool, 'begin', async (client) => {
        if (again.length > 0) {
          const seconds = again.map((each) => each.seconds)
          await client.query(RELEASE, [operation.number, holder, again.map(({ row }) => row), seconds])
        }
        const where = 'held_by = $3 and row_number = any($4::bigint[])'
        const values = [holder, over.map(({ row }) => row)]
        return settleRows(client, operation, { where, values, ...failuresOf(over) })
      }),
    giveUp: (operation) =>
      settle(operation, {
        where: 'held_by is not null and due_at <= now()',
        values: [],
        failed: null,
        mistakeOf: () => ({ code: 'DELIVERY_UNCERTAIN' }),
      }),
    settleAll: (operation, failed, resultKey) =>
      inTransaction(pool, 'begin', async (client) => {
        // Locked, so that it is settled and has its result, or was withdrawn before.
        const { rowCount } = await client.query(
          `update operations set result_key = $2 where number = $1 and state = 'PROCESSING' and not paused`,
          [operation.number, resultKey],
        )
        if (rowCount === 0) return { succeeded: 0, unchanged: 0, failed: 0 }
        return settleRows(client, operation, { where: 'true', values: [], ...failuresOf(failed) })
      }),
    async suspend({ number }, seconds) {
      await pool.query(
        `update operations set delivery_failures = delivery_failures + 1,
          deliver_after = now() + make_interval(secs => $2) where number = $1`,
        [number, seconds],
      )
    },
    async resume({ number }) {
      await pool.query('update operations set delivery_failures = 0, deliver_after = null where number = $1', [number])
    },
    complete: ({ number }) => completeOperation(pool, number),
    stop: (operation, message) => stopDelivering(pool, operation, message),
  }
}

function failuresOf(settlements: readonly Settlement[]): Pick<Over, 'failed' | 'mistakeOf'> {
  const mistakes = new Map(settlements.flatMap(({ row, mistake }) => (mistake === null ? [] : [[row, mistake]])))
  return { failed: [...mistakes.keys()], mistakeOf: (row) => mistakes.get(row) }
}
