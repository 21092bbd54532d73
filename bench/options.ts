import { parseArgs } from 'node:util'

/** What a run is asked for on the command line. */
export interface Options {
  /** Rows of each file. */
  readonly rows: number
  /** Where the figures are written as JSON; null: nowhere. */
  readonly json: string | null
}

const LEAST_ROWS = 1_000

/**
 * Throws a sentence that says what is wrong.
 *
 * @param usualRows rows of each file unless they are given
 */
export function readOptions(args: readonly string[], usualRows = 1_000_000): Options {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: { rows: { type: 'string', default: String(usualRows) }, json: { type: 'string' } },
  })
  const rows = Number(values.rows)
  if (!Number.isInteger(rows) || rows < LEAST_ROWS)
    throw new Error(`--rows: expected a whole number from ${LEAST_ROWS}`)
  return { rows, json: values.json ?? null }
}
