import type { ChunkTransaction, OperationStore } from '@muster/engine/ports'
import { LeaseLost } from '@muster/engine/ports'
import type { Pool, PoolClient } from 'pg'
import { applyChunk } from './apply-chunk.ts'
import { claimOperation } from './claim-operation.ts'
import { endOperation } from './end-operation.ts'
import { recordChunk } from './record-chunk.ts'

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
    claim: (operationId, lanes) => inTransaction(pool, 'begin', (client) => claimOperation(client, operationId, lanes)),
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
    async setNormalised(claim, key) {
      const { rowCount } = await pool.query(
        `update operations set normalised_key = $3 where number = $1 and lease = $2 and state = 'PROCESSING'`,
        [claim.number, claim.lease, key],
      )
      if (rowCount === 0) throw new LeaseLost()
    },
    complete: (claim, total) => endOperation(pool, claim, { state: 'COMPLETED', total }),
    fail: (claim, message) => endOperation(pool, claim, { state: 'FAILED', fault: message }),
  }
}

function chunkTransaction(client: PoolClient): ChunkTransaction {
  return {
    apply: (claim, statement) => applyChunk(client, claim, statement),
    record: (claim, record) => recordChunk(client, claim, record),
  }
}

/** Runs `work` between `begin` and commit; rolls back, and drops a broken connection, when it throws. */
async function inTransaction<T>(pool: Pool, begin: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  // While it is checked out, the pool does not listen for the loss of the connection.
  const lost = (error: Error): void => {
    broken = error
  }
  client.on('error', lost)
  try {
    await client.query(begin)
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => {
      broken = failed
    })
    throw error
  } finally {
    client.off('error', lost)
    client.release(broken)
  }
}
