import type { ChunkTransaction, OperationStore } from '@muster/engine/ports'
import { LeaseLost } from '@muster/engine/ports'
import type { Pool, PoolClient } from 'pg'
import { applyChunk } from '../rows/apply-chunk.ts'
import { recordChunk } from '../rows/record-chunk.ts'
import { claimOperation, isHeld, isWithdrawn } from './claim-operation.ts'
import { countOperation, findUncounted, markCounted } from './count-operation.ts'
import { endOperation } from './end-operation.ts'
import { findParent, findParentRows } from './retried-operation.ts'
import { inTransaction } from './transaction.ts'

// A chunk is a few thousand lookups by index, so compiling its plan or reading whole tables never pays. The planner
// cannot know how many rows each step of the statement has: where it may, it joins them by nested loops, which cost
// six to seven times the time of an enrollment. Lateral lookups remain loops, since they cannot be anything else.
const BEGIN = `begin;
  set local jit = off;
  set local random_page_cost = 1.1;
  set local enable_nestloop = off;
  set local enable_mergejoin = off`

/** The engine's record of operations in PostgreSQL. Every write demands the claim's lease. */
export function operationStore(pool: Pool): OperationStore {
  return {
    claim: (operationId, lanesOf) =>
      inTransaction(pool, 'begin', (client) => claimOperation(client, operationId, lanesOf)),
    transaction: (work) => inTransaction(pool, BEGIN, (client) => work(chunkTransaction(client))),
    async advance(claim, lanes) {
      const { rowCount } = await pool.query(
        `update lanes set row_number = e.row_number, line = e.line, byte = e.byte, changed_at = now()
        from unnest($3::smallint[], $4::bigint[], $5::bigint[], $6::bigint[]) as e (lane, row_number, line, byte)
        where lanes.operation_number = $1 and lanes.lease = $2 and lanes.lane = e.lane`,
        [
          claim.number,
          claim.lease,
          lanes.map(({ lane }) => lane),
          lanes.map(({ checkpoint }) => checkpoint.row),
          lanes.map(({ checkpoint }) => checkpoint.line),
          lanes.map(({ checkpoint }) => checkpoint.byte),
        ],
      )
      if (rowCount !== lanes.length) throw new LeaseLost()
    },
    async setNormalised(claim, key, bytes) {
      const { rowCount } = await pool.query(
        `update operations set normalised_key = $3, normalised_bytes = $4
        where number = $1 and lease = $2 and state = 'PROCESSING'`,
        [claim.number, claim.lease, key, bytes],
      )
      if (rowCount === 0) throw new LeaseLost()
    },
    parent: (claim) => findParent(pool, claim),
    parentRows: (claim, first, last) => findParentRows(pool, claim, first, last),
    complete: (claim, total) => endOperation(pool, claim, { state: 'COMPLETED', total }),
    fail: (claim, message) => endOperation(pool, claim, { state: 'FAILED', reason: message, total: 'furthest' }),
    stop: (claim, message, total) => endOperation(pool, claim, { state: 'FAILED', reason: message, total }),
    holds: (claim) => isHeld(pool, claim),
    withdrawn: (operationId) => isWithdrawn(pool, operationId),
    uncounted: (operationId) => findUncounted(pool, operationId),
    countedTo: (operation, position) => markCounted(pool, operation, position),
    count: (operation, total) => countOperation(pool, operation, total),
  }
}

function chunkTransaction(client: PoolClient): ChunkTransaction {
  return {
    apply: (claim, statement) => applyChunk(client, claim, statement),
    record: (claim, record) => recordChunk(client, claim, record),
  }
}
