import type { CardStore, Delivering, PendingCard } from '@muster/engine/ports'
import type { Pool } from 'pg'
import { readEnrollments } from '../enrollments/read-enrollments.ts'

const ROWS = 1_000

/** An enrollment is some megabytes at most, where its fields are images. */
const ENROLLMENTS = 10

const PAGE = `
  select row_number as row, subject_id as "recordId" from outbox
  where operation_number = $1 and settled_at is null and row_number > $2
  order by row_number limit ${ROWS}`

interface PageRow {
  readonly row: string
  readonly recordId: string
}

/** The cards of operations in PostgreSQL: the subjects of their messages are enrollment records. */
export function cardStore(pool: Pool): CardStore {
  return {
    async *pending(operation) {
      for await (const page of pendingRows(pool, operation)) {
        for (let at = 0; at < page.length; at += ENROLLMENTS) {
          yield await cardsOf(pool, operation, page.slice(at, at + ENROLLMENTS))
        }
      }
    },
  }
}

async function* pendingRows(pool: Pool, { number }: Delivering): AsyncGenerator<readonly PageRow[]> {
  for (let after = '0'; ; ) {
    const { rows } = await pool.query<PageRow>(PAGE, [number, after])
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows
    if (rows.length < ROWS) return
    after = last.row
  }
}

async function cardsOf(
  pool: Pool,
  { tenantId }: Delivering,
  rows: readonly PageRow[],
): Promise<readonly PendingCard[]> {
  const recordIds = rows.map(({ recordId }) => recordId)
  const enrollments = await readEnrollments(pool, tenantId, recordIds)
  return rows.map(({ row, recordId }) => ({ row: Number(row), enrollment: enrollments.get(recordId) ?? null }))
}
