import { OPERATION_TYPES } from '@muster/contracts'

/**
 * What of a job is shown. Jobs that Muster makes carry nothing personal; but whoever has Redis can write there, and
 * Bull Board hands on what it finds. So what is shown is what is known to be harmless.
 */

const NAMES: readonly string[] = [...OPERATION_TYPES, 'tick', 'nudge']

/** A job's name, with the rows done where there are some. */
export function nameOf({ name, progress }: { readonly name: string; readonly progress: unknown }): string {
  const known = NAMES.includes(name) ? name : 'unknown'
  const rows = rowsDone(progress)
  return rows === null ? known : `${known}: ${rows.toLocaleString('en')} rows done`
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** The data of a job that is an operation's turn. */
export function turnOf(data: unknown): { readonly operationId?: string } {
  if (typeof data !== 'object' || data === null || !('operationId' in data)) return {}
  const { operationId } = data
  return typeof operationId === 'string' && UUID.test(operationId) ? { operationId } : {}
}

/** 0, as BullMQ has it, for a job that has not begun. */
export function progressOf(progress: unknown): { readonly rowsDone: number } | 0 {
  const rows = rowsDone(progress)
  return rows === null ? 0 : { rowsDone: rows }
}

/** Null for a job that has not begun. */
function rowsDone(progress: unknown): number | null {
  if (typeof progress !== 'object' || progress === null || !('rowsDone' in progress)) return null
  return typeof progress.rowsDone === 'number' ? progress.rowsDone : null
}

/** What the queues write when a turn fails, and what BullMQ itself says of a job whose workers died. */
const KNOWN_TEXT =
  /^(TurnFailed: )?(failed with [\w ]{1,100}; the log tells more|job (stalled|started) more than allowable limit)$/

const HIDDEN = 'A text that is not shown here; the log tells more'

/** Where Bull Board has texts of errors. */
const ERROR_FIELDS: readonly string[] = ['failedReason', 'stacktrace', 'deferredFailure', 'ignoredChildFailureReasons']

/** The same answer of Bull Board's, of whose errors only those texts are left that are known to quote nothing. */
export function withoutErrorTexts<T>(body: T): T
export function withoutErrorTexts(body: unknown): unknown {
  return mapped(body, (field, value) => (ERROR_FIELDS.includes(field) ? withoutTexts(value) : withoutErrorTexts(value)))
}

/** The same of whose texts, wherever they are, only those are left. */
export function withoutTexts<T>(value: T): T
export function withoutTexts(value: unknown): unknown {
  if (typeof value === 'string') return value === '' || KNOWN_TEXT.test(value) ? value : HIDDEN
  return mapped(value, (_field, inner) => withoutTexts(inner))
}

/** The same of schedulers and of the nodes of flows, which Bull Board hands on as they are in Redis. */
export function withKnownNames<T>(body: T): T
export function withKnownNames(body: unknown): unknown {
  const { name, progress } = Object(body) as { name?: unknown; progress?: unknown }
  const isNamed = typeof name === 'string'
  return mapped(body, (field, value) => {
    if (field === 'name' && isNamed) return nameOf({ name, progress })
    if (field === 'progress') return progressOf(value)
    // The data and options of jobs to come.
    return field === 'template' ? {} : withKnownNames(value)
  })
}

function mapped(value: unknown, map: (field: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((inner: unknown) => map('', inner))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]: [string, unknown]) => [field, map(field, inner)]),
  )
}
