import { ROW_CODES, rowMessage } from '@muster/contracts'
import { type OperationRecord, readRowMemory } from '@muster/database'
import { type RowOutcome, rowOutcome } from '@muster/engine'
import { OPERATIONS } from '@muster/operations'
import { rowReader } from '@muster/text'
import { z } from 'zod'
import { Refusal } from '../../../refusal.ts'
import type { Services } from '../../../services.ts'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { operationOf } from './operation-of.ts'

const ROW = z
  .object({
    row: z.int().min(1),
    outcome: z
      .enum(['succeeded', 'unchanged', 'failed', 'unprocessed'])
      .nullable()
      .describe('*unprocessed*: not reached, so far. Null when it cannot be told any more, the file being gone.'),
    line: z
      .int()
      .min(1)
      .nullable()
      .describe('The physical line it starts on; null until it was read, and for a file of a ZIP.'),
    byte: z
      .int()
      .min(0)
      .nullable()
      .describe('Where it starts in the file, or, unless that is UTF-8, in its copy in UTF-8; null as line.'),
    mistakes: z.array(z.object({ code: z.enum(ROW_CODES), column: z.string().nullable(), message: z.string() })),
  })
  .meta({ id: 'Row' })

/** `GET /v1/operations/{id}/rows/{row}`: what became of one row. */
export const getRow: Endpoint = {
  summary: 'Read what became of a row',
  answers: { 200: { description: 'The row, without its cells.', content: { 'application/json': ROW } } },
  async handler(services, request) {
    const operation = await operationOf(services, request)
    const row = rowOf(request.params['row'] ?? '', operation)
    const { outcome, line, byte, failures } = await outcomeOf(services, operation, row)
    const mistakes = failures.map((each) => ({ code: each.code, column: each.column, message: rowMessage(each) }))
    const place = operation.source?.kind === 'csv' ? { line, byte } : { line: null, byte: null }
    return json(200, { row, outcome, ...place, mistakes }, { 'Cache-Control': 'no-store' })
  },
}

function rowOf(text: string, { total }: OperationRecord): number {
  const row = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null
  if (row === null || (total !== null && row > total)) {
    const rows = total === null ? 'Rows are numbered from 1' : `The operation has ${total} rows, numbered from 1`
    throw new Refusal('not-found', `There is no such row. ${rows}, the header not counted.`)
  }
  return row
}

async function outcomeOf(services: Services, operation: OperationRecord, row: number): Promise<RowOutcome> {
  const { source } = operation
  if (source === null) return { outcome: 'unprocessed', line: null, byte: null, failures: [] }
  const { pool, files, archives, secrets } = services
  const memory = await readRowMemory(pool, operation.number, row)
  return rowOutcome({ ...operation, source }, row, memory, {
    operations: OPERATIONS,
    files,
    archives,
    reader: rowReader,
    seal: (secret) => secrets.seal(secret),
  })
}
