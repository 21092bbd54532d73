import { isPausable, type OperationState, TRANSITIONS } from '@muster/contracts'
import { DatabaseError, type Pool, type PoolClient } from 'pg'
import { inTransaction } from '../turns/transaction.ts'
import { OPERATIONS, type OperationRecord, type StoredOperation, toRecord } from './operation-record.ts'

/** What a caller may ask of an operation that has not ended. */
export type Control = 'cancel' | 'pause' | 'resume'

export interface ControlRequest {
  readonly tenantId: number
  /** A UUID. */
  readonly id: string
  readonly control: Control
  /** The token's subject. */
  readonly by: string
  /** Why, in the caller's words; null for Muster's own. */
  readonly reason: string | null
}

export interface Controlled {
  /** False when it makes no sense in the operation's state: nothing was changed. */
  readonly changed: boolean
  /** The operation as it is then. */
  readonly operation: OperationRecord
}

/** A worker holds the operation's locks for too long: nothing was changed, and trying again may help. */
export class OperationBusy extends Error {
  constructor() {
    super('a worker holds the operation in a transaction that does not end')
    this.name = 'OperationBusy'
  }
}

interface Current {
  number: string
  state: OperationState
  paused: boolean
}

interface Change {
  /** The reason that is told when the caller gives none; null when the change makes no sense. */
  readonly reason: (current: Current) => string | null
  readonly assignments: string
}

// The lease grows with what takes an operation from a worker: see `withdraw`.
const CHANGES: Readonly<Record<Control, Change>> = {
  cancel: {
    reason: ({ state }) => TRANSITIONS[state].CANCELLED ?? null,
    // With a source, its rows are still to be counted.
    assignments: `state = 'CANCELLED', paused = false, ended_at = clock_timestamp(),
      total = case when source is null then 0 else total end, lease = lease + 1`,
  },
  pause: {
    reason: ({ state, paused }) => (isPausable(state) && !paused ? 'It was paused.' : null),
    assignments: 'paused = true, lease = lease + 1',
  },
  resume: {
    reason: ({ paused }) => (paused ? 'It was resumed.' : null),
    assignments: 'paused = false',
  },
}

// Lanes are locked while a chunk is recorded and committed, which takes milliseconds; longer is a
// worker that was stopped in the middle of it, and its transaction is ended after some seconds.
const BEGIN = `begin; set local lock_timeout = '2s'`

// SQLSTATE: lock_not_available, deadlock_detected.
const BUSY = /^(55P03|40P01)$/

/**
 * Cancels, pauses or resumes an operation. Once this returns, no worker commits anything more for
 * an operation that was cancelled or paused; a chunk that is being committed is waited for.
 * Null when the tenant has no such operation. Throws `OperationBusy`.
 */
export async function controlOperation(pool: Pool, request: ControlRequest): Promise<Controlled | null> {
  try {
    return await inTransaction(pool, BEGIN, (client) => control(client, request))
  } catch (error) {
    throw error instanceof DatabaseError && BUSY.test(error.code ?? '') ? new OperationBusy() : error
  }
}

async function control(client: PoolClient, request: ControlRequest): Promise<Controlled | null> {
  const { rows } = await client.query<Current>(
    `select number, state, paused from operations where tenant_id = $1 and id = $2 and deleted_at is null for update`,
    [request.tenantId, request.id],
  )
  const [current] = rows
  if (current === undefined) return null
  const { reason, assignments } = CHANGES[request.control]
  const usualReason = reason(current)
  if (usualReason !== null) {
    const { rows: changed } = await client.query<{ lease: string }>(
      `update operations set ${assignments}, reason = $2, changed_by = $3 where number = $1 returning lease`,
      [current.number, request.reason ?? usualReason, request.by],
    )
    if (request.control !== 'resume') await withdraw(client, current.number, changed[0]?.lease)
  }
  return { changed: usualReason !== null, operation: await read(client, current.number) }
}

/** Takes the lanes from whoever works on them: every chunk demands its lane's lease when it is recorded. */
async function withdraw(client: PoolClient, number: string, lease: string | undefined): Promise<void> {
  await client.query('update lanes set lease = $2 where operation_number = $1', [number, lease])
}

async function read(client: PoolClient, number: string): Promise<OperationRecord> {
  const { rows } = await client.query<StoredOperation>(`${OPERATIONS} and o.number = $1`, [number])
  const [stored] = rows
  if (stored === undefined) throw new Error('an operation that is locked cannot be read')
  return toRecord(stored)
}
