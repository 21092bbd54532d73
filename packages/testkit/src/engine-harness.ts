import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { ARCHIVE_LIMITS, archiveReader } from '@muster/archive'
import type { Encoding, OperationType } from '@muster/contracts'
import {
  type Control,
  cardStore,
  controlOperation,
  findOperation,
  insertOperation,
  operationStore,
  outbox,
  pendingDeliveries,
  readFailedRows,
  readRowMemory,
} from '@muster/database'
import {
  type DeliveryEngine,
  type Engine,
  type FailurePolicy,
  type Observer,
  type Outbox,
  type RowOutcome,
  retrySource,
  rowOutcome,
  SecretBox,
  type Source,
  type TurnEnd,
  takeDeliveryTurn,
  takeTurn,
  zipSource,
} from '@muster/engine'
import { OPERATIONS } from '@muster/operations'
import { openFileStore } from '@muster/storage'
import { readHeader, rowReader } from '@muster/text'
import { testDatabase } from './test-database.ts'
import { testFolder } from './test-folder.ts'

/** What the engine told while the tests ran. */
interface Told {
  leasesLost: number
  mismatches: number
  ended: string[]
  chunks: number
  /** How many seconds each operation waited for its first row. */
  firstRows: number[]
  /** What became of messages, as they were carried out. */
  deliveries: string[]
}

interface Outcome {
  readonly state: string
  readonly total: number | null
  readonly succeeded: number
  readonly unchanged: number
  readonly failed: number
  readonly fault: string | null
  /** `row code column params`, in row order. */
  readonly failures: readonly string[]
}

interface RunOptions {
  readonly type?: OperationType
  readonly options?: unknown
  readonly encoding?: Encoding
  readonly policy?: Partial<FailurePolicy>
}

function sourceOf(type: OperationType, key: string, bytes: Buffer, encoding: Encoding): Source {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = { key, fileName: 'test', bytes: bytes.length, sha256 }
  if (OPERATIONS[type].content !== null) return zipSource(file)
  const read = readHeader(bytes, { complete: true, encoding, delimiter: null })
  if ('problem' in read) throw new Error(read.detail)
  return { kind: 'csv', ...file, encoding, ...read }
}

/** The engine on a real database and file store, without a queue: the tests give the turns. */
export async function engineHarness() {
  const database = await testDatabase()
  const files = await openFileStore(pathToFileURL(await testFolder()).href)
  const box = new SecretBox([randomBytes(32)])
  const told: Told = { leasesLost: 0, mismatches: 0, ended: [], chunks: 0, firstRows: [], deliveries: [] }
  const observer: Observer = {
    chunk: () => void told.chunks++,
    firstRow: (_type, seconds) => void told.firstRows.push(seconds),
    ended: (_type, state) => void told.ended.push(state),
    delivery: (_type, result) => void told.deliveries.push(result),
    settled: () => undefined,
    deliveryAway: () => undefined,
    leaseLost: () => void told.leasesLost++,
    rowsNotConserved: () => void told.mismatches++,
  }
  const engine: Engine = {
    operations: OPERATIONS,
    store: operationStore(database.pool),
    files,
    reader: rowReader,
    archives: archiveReader(ARCHIVE_LIMITS),
    observer,
    seal: (secret) => box.seal(secret),
    chunkSize: 5_000,
    lanes: 2,
  }

  /** Stores a file and inserts its operation: its id. */
  async function upload(content: string | Uint8Array, run: RunOptions = {}): Promise<string> {
    const bytes = Buffer.from(content)
    const id = randomUUID()
    const key = `operations/${id}/source`
    const type = run.type ?? 'IMPORT_USERS'
    await files.write(
      key,
      (async function* () {
        yield bytes
      })(),
    )
    await insertOperation(database.pool, {
      id,
      tenantId: database.tenantId,
      type,
      name: 'test',
      options: run.options ?? null,
      source: sourceOf(type, key, bytes, run.encoding ?? 'UTF-8'),
      createdBy: 'test',
      policy: { maxFailedRows: null, maxFailedRatio: null, ...run.policy },
    })
    return id
  }

  /** Inserts an operation that runs the failed and unprocessed rows of another again: its id. */
  async function retry(parentId: string): Promise<string> {
    const { source, number, type, options, policy } = await recordOf(parentId)
    if (source === null) throw new Error('no source')
    const id = randomUUID()
    await insertOperation(database.pool, {
      id,
      tenantId: database.tenantId,
      type,
      name: 'retry',
      options,
      policy,
      parentNumber: number,
      source: retrySource(source, `operations/${id}/source`),
      createdBy: 'test',
    })
    return id
  }

  /** One turn; without `chunks` it goes on to the end of the source. */
  function turn(
    operationId: string,
    settings: { chunks?: number; engine?: Partial<Engine>; signal?: AbortSignal } = {},
  ): Promise<TurnEnd> {
    let left = settings.chunks ?? Number.POSITIVE_INFINITY
    const signal = settings.signal ?? new AbortController().signal
    return takeTurn(
      { operationId, signal, isOver: () => --left <= 0, progress: () => undefined },
      { ...engine, ...settings.engine },
    )
  }

  /** Carries out an operation's messages until none is due, or `until` says so. */
  function deliver(
    operationId: string,
    couriers: DeliveryEngine['couriers'],
    settings: { atOnce?: number; signal?: AbortSignal; isOver?: () => boolean; outbox?: Partial<Outbox> } = {},
  ): Promise<TurnEnd> {
    const { atOnce = 10, signal = new AbortController().signal, isOver = () => false } = settings
    return takeDeliveryTurn(
      { operationId, signal, isOver, progress: () => undefined },
      { outbox: { ...messages.outbox, ...settings.outbox }, couriers, observer, atOnce },
    )
  }

  /** What else is asked of operations with messages. */
  const messages = {
    outbox: outbox(database.pool),
    cards: cardStore(database.pool),
    /** Ids of the operations whose messages should be carried out now. */
    async pending(): Promise<readonly string[]> {
      const types = Object.values(OPERATIONS).flatMap(({ type, isDeferred }) => (isDeferred ? [type] : []))
      return (await pendingDeliveries(database.pool, 10, types)).map(({ operationId }) => operationId)
    },
    async control(id: string, control: Control): Promise<void> {
      await controlOperation(database.pool, { tenantId: database.tenantId, id, control, by: 'test', reason: null })
    },
  }

  async function recordOf(operationId: string) {
    const record = await findOperation(database.pool, database.tenantId, operationId)
    if (record === null) throw new Error('no such operation')
    return record
  }

  async function outcome(operationId: string): Promise<Outcome> {
    const record = await recordOf(operationId)
    const failures: string[] = []
    for await (const batch of readFailedRows(database.pool, record.number)) {
      failures.push(
        ...batch.map(({ row, code, column, params }) =>
          [row, code, column, params && Object.values(params)].filter((x) => x != null).join(' '),
        ),
      )
    }
    const { state, total, succeeded, unchanged, failed } = record
    const fault = state === 'FAILED' ? record.reason : null
    return { state, total, succeeded, unchanged, failed, fault, failures }
  }

  /** What became of one row. */
  async function row(operationId: string, number: number, settings: Partial<Engine> = {}): Promise<RowOutcome> {
    const { source, ...record } = await recordOf(operationId)
    if (source === null) throw new Error('no source')
    const memory = await readRowMemory(database.pool, record.number, number)
    return rowOutcome({ ...record, source }, number, memory, { ...engine, ...settings })
  }

  /** Uploads, gives turns until it has ended, and tells how. */
  async function run(
    content: string | Uint8Array,
    options: RunOptions = {},
    settings: Partial<Engine> = {},
  ): Promise<Outcome> {
    const id = await upload(content, options)
    while ((await turn(id, { engine: settings })) === 'turn-over');
    return outcome(id)
  }

  /** The tenant's users, without what differs from run to run. */
  async function users(): Promise<Record<string, unknown>[]> {
    const { rows } = await database.pool.query(
      `select user_id, first_name, last_name, email, mobile, state, locked, attributes, row_number,
        (select array_agg(g.name) from user_groups m join groups g on g.id = m.group_id where m.user_id = u.id) as groups
      from users u where tenant_id = $1 order by user_id`,
      [database.tenantId],
    )
    return rows
  }

  async function clear(): Promise<void> {
    await database.pool.query(
      'truncate users, user_groups, enrollments, operation_keys, lanes, failed_rows, error_groups, chunks, resolved_rows, operations, operation_history, outbox, passes, pass_claims, enrollment_records',
    )
  }

  return {
    database,
    files,
    engine,
    told,
    box,
    upload,
    retry,
    turn,
    deliver,
    messages,
    outcome,
    row,
    run,
    users,
    clear,
  }
}

export type EngineHarness = Awaited<ReturnType<typeof engineHarness>>
