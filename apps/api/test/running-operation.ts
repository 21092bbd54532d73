import { randomUUID } from 'node:crypto'
import type { Pool } from '@muster/database'

/** An operation that a test moves on by hand, as workers and callers would. */
export interface RunningOperation {
  readonly id: string
  readonly number: string
  /** Sets columns of the operation. */
  change(assignments: string): Promise<void>
  /** Sets columns of its lane. */
  advance(assignments: string): Promise<void>
}

/** Makes an operation that is PROCESSING, of 1,000 rows in 100,000 bytes. */
export async function runningOperation(pool: Pool, tenantId: number): Promise<RunningOperation> {
  const id = randomUUID()
  const source = { kind: 'csv', key: 'k', fileName: 'f', bytes: 100_000, sha256: 'a', encoding: 'UTF-8' }
  const { rows } = await pool.query<{ number: string }>(
    `insert into operations (id, tenant_id, type, name, state, reason, options, source, created_by, changed_by, started_at)
     values ($1, $2, 'IMPORT_USERS', 'running', 'PROCESSING', 'test', 'null', $3, 'test', 'test', now()) returning number`,
    [
      id,
      tenantId,
      JSON.stringify({ ...source, delimiter: ',', header: ['userId'], start: { row: 0, line: 1, byte: 0 } }),
    ],
  )
  const number = rows[0]?.number ?? ''
  await pool.query(
    `insert into lanes (operation_number, lane, tenant_id, lease, row_number, line, byte) values ($1, 0, $2, 1, 0, 1, 0)`,
    [number, tenantId],
  )
  return {
    id,
    number,
    change: async (assignments) => {
      await pool.query(
        `update operations set changed_by = 'test', reason = 'because', ${assignments} where number = ${number}`,
      )
    },
    advance: async (assignments) => {
      await pool.query(`update lanes set ${assignments} where operation_number = ${number}`)
    },
  }
}
