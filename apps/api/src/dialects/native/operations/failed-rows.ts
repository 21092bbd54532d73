import { ROW_CODES, rowMessage } from '@muster/contracts'
import { type OperationRecord, readFailedRowsPage } from '@muster/database'
import type { FailedRow } from '@muster/engine'
import { z } from 'zod'
import { failedRowsFile } from '../../../operations/failed-rows-file.ts'
import { parametersRefused } from '../../../refusal.ts'
import type { Services } from '../../../services.ts'
import type { Endpoint } from '../../endpoint.ts'
import { type Answer, type ApiRequest, json } from '../../route.ts'
import { prefersJson } from '../accept.ts'
import { readQuery } from '../read-query.ts'
import { operationOf } from './operation-of.ts'

const QUERY = z.object({
  limit: z.coerce
    .number('expected 1 to 1000')
    .int('expected 1 to 1000')
    .min(1, 'expected 1 to 1000')
    .max(1000, 'expected 1 to 1000')
    .optional()
    .describe('Rows of a page of JSON; 100 unless given.'),
  cursor: z.string().optional().describe('Where a page of JSON begins: part of `next` of the page before.'),
})

const PAGE = z
  .object({
    rows: z.array(
      z.object({
        row: z.int().min(1),
        line: z.int().min(1).nullable().describe('Null for the files of a ZIP.'),
        mistakes: z.array(z.object({ code: z.enum(ROW_CODES), column: z.string().nullable(), message: z.string() })),
      }),
    ),
    next: z.string().nullable().describe('The path of the next page; null after the last.'),
  })
  .meta({ id: 'FailedRows' })

/** `GET /v1/operations/{id}/failed-rows`: a CSV to correct and send back, or pages of JSON. */
export const getFailedRows: Endpoint = {
  summary: 'Download the failed rows',
  details:
    'A CSV with their cells, or their names in the ZIP, unless JSON is asked for, which tells their numbers and ' +
    'mistakes, page by page.',
  query: QUERY,
  headers: z.object({ accept: z.string().optional().describe('`application/json` for pages of JSON.') }),
  answers: {
    200: { description: 'The rows that failed so far.', content: { 'text/csv': 'binary', 'application/json': PAGE } },
  },
  async handler(services, request) {
    const { limit, cursor } = readQuery(QUERY, request.query)
    const operation = await operationOf(services, request)
    if (prefersJson(request.header('accept'), 'text/csv')) return page(services, operation, request, limit, cursor)
    if (limit !== undefined || cursor !== undefined) {
      throw parametersRefused(['limit and cursor are for pages of JSON; ask with Accept: application/json.'])
    }
    const { headers, ...file } = failedRowsFile(services, operation)
    return { ...file, headers: { ...headers, Vary: 'Accept' } }
  },
}

async function page(
  { pool }: Services,
  { number, source }: OperationRecord,
  { path }: ApiRequest,
  limit = 100,
  cursor?: string,
): Promise<Answer> {
  const after = cursor === undefined ? 0 : rowOfCursor(cursor)
  const failed = await readFailedRowsPage(pool, number, after, limit + 1)
  const found = byRow(failed, source?.kind === 'csv')
  const rows = found.slice(0, limit)
  const last = found.length > limit ? rows.at(-1) : undefined
  const next = last && `${path}?${new URLSearchParams({ limit: String(limit), cursor: cursorOfRow(last.row) })}`
  return json(200, { rows, next: next ?? null }, { 'Cache-Control': 'no-store', Vary: 'Accept' })
}

function byRow(failed: readonly FailedRow[], haveLines: boolean): z.infer<typeof PAGE>['rows'] {
  const rows: z.infer<typeof PAGE>['rows'] = []
  for (const { row, line, ...mistake } of failed) {
    const told = { code: mistake.code, column: mistake.column, message: rowMessage(mistake) }
    const last = rows.at(-1)
    if (last?.row === row) last.mistakes.push(told)
    else rows.push({ row, line: haveLines ? line : null, mistakes: [told] })
  }
  return rows
}

function cursorOfRow(row: number): string {
  return Buffer.from(`row ${row}`).toString('base64url')
}

function rowOfCursor(cursor: string): number {
  const row = /^row (\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (row === undefined) throw parametersRefused(['cursor: take it from `next` of the page before.'])
  return Number(row)
}
