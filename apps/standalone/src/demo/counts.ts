import type { JobAnswer, OperationAnswer } from './api-client.ts'

/** How a bulk operation ended, whichever dialect told it. */
export interface Ending {
  /** What it was called, for messages. */
  readonly name: string
  readonly state: string
  readonly total: number | null
  readonly succeeded: number
  readonly unchanged: number
  readonly failed: number
  /** Null where the dialect does not tell it. */
  readonly unprocessed: number | null
  readonly seconds: number
}

export function endingOfOperation(name: string, { state, rows, startedAt, endedAt }: OperationAnswer): Ending {
  return { name, state, ...rows, seconds: secondsBetween(startedAt, endedAt) }
}

export function endingOfJob(name: string, { status, details, start_time, end_time }: JobAnswer): Ending {
  return {
    name,
    state: status,
    ...details,
    total: details.total ?? null,
    unprocessed: null,
    seconds: secondsBetween(start_time ?? null, end_time ?? null),
  }
}

function secondsBetween(start: string | null, end: string | null): number {
  return start === null || end === null ? Number.NaN : (Date.parse(end) - Date.parse(start)) / 1_000
}

/** A sentence for everything that does not add up with the file that was uploaded. */
export function checkCounts(ending: Ending, expected: { state: string; rows: number; failed: number }): string[] {
  const { name, state, total, succeeded, unchanged, failed } = ending
  const problems: string[] = []
  const expect = (what: string, got: unknown, wanted: unknown): void => {
    if (got !== wanted) problems.push(`${name}: ${what} is ${String(got)}, ${String(wanted)} was expected`)
  }
  expect('state', state, expected.state)
  expect('total', total, expected.rows)
  expect('failed', failed, expected.failed)
  expect('unprocessed', ending.unprocessed ?? 0, 0)
  expect(
    'succeeded + unchanged + failed + unprocessed',
    succeeded + unchanged + failed + (ending.unprocessed ?? 0),
    total,
  )
  expect('succeeded', succeeded, expected.rows - expected.failed)
  return problems
}
