import { expect } from 'vitest'
import { type ErrorGroup, errorGroups, failedRows, marks, type Recorded } from './record.ts'
import type { Planted, Upload } from './upload.ts'

/** How many of an upload's rows must come to which outcome. */
export function countsOf({ rows, planted, unchanged }: Upload) {
  const failed = new Set(planted.map(({ row }) => row)).size
  return { total: rows, succeeded: rows - failed - unchanged.length, unchanged: unchanged.length, failed }
}

/** Checks what the database says of an operation that has ended, and what its rows have made. */
export async function expectOutcome(
  databaseUrl: string,
  operationId: string,
  recorded: Recorded,
  upload: Upload,
): Promise<void> {
  expect(recorded).toMatchObject({ state: 'COMPLETED', ...countsOf(upload), done: upload.rows })
  expect(await failedRows(databaseUrl, operationId)).toEqual(upload.planted)
  await expectGroups(databaseUrl, operationId, upload.planted)
  const { unchanged } = upload
  expect(await marks(databaseUrl, operationId)).toEqual({ overlapping: 0, ahead: 0, unchanged })
  await upload.expectMade(databaseUrl, operationId)
}

/** Checks that failed rows were grouped by what is wrong with them. */
export async function expectGroups(
  databaseUrl: string,
  operationId: string,
  failed: readonly Planted[],
): Promise<void> {
  expect(await errorGroups(databaseUrl, operationId)).toEqual(grouped(failed))
}

/** In the database's order. */
function grouped(planted: readonly Planted[]): ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>()
  for (const { code, column } of planted) {
    const name = `${code} ${column ?? ''}`
    groups.set(name, { code, column, rows: (groups.get(name)?.rows ?? 0) + 1 })
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
}
