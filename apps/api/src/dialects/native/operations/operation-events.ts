import { isEnded } from '@muster/contracts'
import { isOutage, type OperationChange, operationHistory, type Pool, type WatchedOperation } from '@muster/database'
import type { Look, Watch } from '../../../watch/watch.ts'
import { rowsJson } from './operation-json.ts'

/** Milliseconds after which a client connects again when a stream ended. */
const RETRY_MS = 2_000
/** Milliseconds without an event after which a comment shows that the stream is alive. */
const COMMENT_MS = 15_000
/** Milliseconds between two events `progress`; a timer's tolerance less than a quarter of a second. */
const PROGRESS_MS = 240
/** Milliseconds for which the stream of an operation that has ended waits for its rows to be counted. */
const COUNTING_MS = 10_000
/** Milliseconds after which a stream ends, so that whoever watches has to show a token that is still good. */
const LONGEST_MS = 3_600_000

const PAGE = 1_000

/**
 * What happens to an operation, as server-sent events: `state` for every change of its state or
 * pause after the one of the id `seen`, and `progress`. Ends after the end of the operation, with
 * the watch, and after an hour.
 *
 * @param first how it was when the watch began, or before
 * @param seen 1 to 18 decimal digits; null begins with its creation
 */
export async function* operationEvents(
  pool: Pool,
  watch: Watch,
  first: WatchedOperation,
  seen: string | null,
  commentMs = COMMENT_MS,
): AsyncGenerator<Uint8Array> {
  const began = performance.now()
  const teller = new Teller(seen)
  let look: Look = { operation: first, rowsPerSecond: null, estimatedEnd: null }
  yield bytes(`retry: ${RETRY_MS}\n\n`)
  yield bytes(teller.progress(look))
  let written = performance.now()
  while (performance.now() - began < LONGEST_MS) {
    for await (const text of newsOf(pool, teller, look)) {
      yield bytes(text)
      written = performance.now()
    }
    if (teller.isDone(look)) return
    if (performance.now() - written >= commentMs) {
      yield bytes(':\n\n')
      written = performance.now()
    }
    const news = await watch.next(Math.max(1, written + commentMs - performance.now()))
    if (news.kind === 'gone' || news.kind === 'over') return
    if (news.kind === 'look') look = news.look
  }
}

/** Whether a client that has seen the change of this id would learn nothing more of the operation. */
export function isToldWhole(operation: WatchedOperation, seen: string): boolean {
  const { endedAt, total, changeId } = operation
  const isSettled = endedAt !== null && (total !== null || Date.now() - endedAt.getTime() > COUNTING_MS)
  return isSettled && BigInt(seen) >= BigInt(changeId)
}

async function* newsOf(pool: Pool, teller: Teller, look: Look): AsyncGenerator<string> {
  try {
    for await (const change of changes(pool, look.operation, teller.seen)) yield teller.state(change)
  } catch (error) {
    // They are told after the next look: the stream goes on when PostgreSQL is back.
    if (!isOutage(error)) throw error
    return
  }
  if (teller.isProgressDue(look)) yield teller.progress(look)
}

async function* changes(pool: Pool, operation: WatchedOperation, seen: string): AsyncGenerator<OperationChange> {
  let after = seen
  while (BigInt(after) < BigInt(operation.changeId)) {
    const page = await operationHistory(pool, operation.number, { after, limit: PAGE })
    yield* page
    const last = page.at(-1)
    if (last === undefined) return
    after = last.id
  }
}

/** What one client was told of an operation, and what it is to be told next. */
class Teller {
  /** The id of the last change told. */
  seen: string
  #progress: string | null = null
  #progressAt = 0
  #endedAt: number | null = null

  constructor(seen: string | null) {
    this.seen = seen ?? '0'
  }

  state({ id, at, by, from, to, paused, reason }: OperationChange): string {
    this.seen = id
    const data = JSON.stringify({ at: at.toISOString(), by, from, to, paused, reason })
    return `id: ${id}\nevent: state\ndata: ${data}\n\n`
  }

  isProgressDue(look: Look): boolean {
    return JSON.stringify(facts(look)) !== this.#progress && performance.now() - this.#progressAt >= PROGRESS_MS
  }

  progress(look: Look): string {
    this.#progress = JSON.stringify(facts(look))
    this.#progressAt = performance.now()
    const data = JSON.stringify({ ...facts(look), estimatedEnd: look.estimatedEnd?.toISOString() ?? null })
    return `event: progress\ndata: ${data}\n\n`
  }

  /** Whether the operation has ended, its rows are counted or were waited for, and all of it is told. */
  isDone(look: Look): boolean {
    const { state, total, changeId } = look.operation
    if (!isEnded(state)) return false
    this.#endedAt ??= performance.now()
    if (BigInt(this.seen) < BigInt(changeId) || JSON.stringify(facts(look)) !== this.#progress) return false
    return total !== null || performance.now() - this.#endedAt >= COUNTING_MS
  }
}

/** What makes an event `progress` worth telling; the estimated end shifts a little with every look. */
function facts({ operation, rowsPerSecond }: Look) {
  const { state, paused } = operation
  return { state, paused, rows: rowsJson(operation), rowsPerSecond }
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text)
}
