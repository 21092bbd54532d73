import { ROW_CODES, rowMessage } from '@muster/contracts'
import { type OperationRecord, type RowLogEntry, readRowLog } from '@muster/database'
import { type Row, sourceRows } from '@muster/engine'
import { rowReader } from '@muster/text'
import { z } from 'zod'
import { Refusal } from '../../../refusal.ts'
import type { Services } from '../../../services.ts'
import type { Endpoint } from '../../endpoint.ts'
import { timeOf } from '../time.ts'
import { jsonArray } from './json-array.ts'
import { KINDS, type Kind } from './kind.ts'
import { operationOfKind } from './operation-of-kind.ts'

const PIECE_ROWS = 1_000

const LOG = z.array(
  z
    .object({
      row: z.int().min(1),
      id: z.string().describe("The enrollment's, as it was sent."),
      outcome: z.enum(['succeeded', 'unchanged', 'failed', 'unprocessed']),
      code: z.enum(ROW_CODES).optional().describe('What is wrong with it, first of all.'),
      message: z.string().optional().describe('What to do about it.'),
      time: z.iso.datetime().optional().describe('When its outcome was known.'),
    })
    .meta({ id: 'EntrustRowLogEntry' }),
)

/**
 * `GET /v2/mobileFlashPass/download/logs/{id}` and the like: what became of each row, in their order. Made while it is
 * sent, from the stored ids and the record of outcomes, in one pass.
 */
export function downloadLog(kind: Kind): Endpoint {
  return {
    summary: 'Download what became of each row',
    details: 'While the operation runs, it tells of that moment. A file that was removed after its time is a 404.',
    answers: { 200: { description: 'An attachment.', content: { 'application/json': LOG } } },
    async handler(services, request) {
      const operation = await operationOfKind(kind, services, request)
      if (operation.filesRemovedAt !== null) {
        throw new Refusal('gone', 'The ids were removed when their time was over, so that there is no log any more.')
      }
      return {
        status: 200,
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'Content-Disposition': `attachment; filename="${KINDS[kind].resource}_${operation.id}.json"`,
          'Cache-Control': 'no-store',
        },
        body: jsonArray(entries(services, operation), (entry) => entry),
      }
    },
  }
}

async function* entries(
  { pool, files, archives }: Services,
  { number, source, normalisedKey }: OperationRecord,
): AsyncGenerator<readonly z.infer<typeof LOG>[number][], void> {
  if (source === null) return
  const cell = source.header.findIndex((name) => name.trim().toLowerCase() === 'id')
  const rows = sourceRows({ source, normalisedKey }, source.start, { files, archives, reader: rowReader })
  for await (const batch of inPieces(rows)) {
    const first = batch[0]?.number ?? 0
    const told = await readRowLog(pool, number, first, first + batch.length - 1)
    yield batch.map((row, index) => entryOf(row, cell, told[index]))
  }
}

/** Short rows come by tens of thousands, which would keep the database and this process busy for long at a time. */
async function* inPieces(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<readonly Row[], void> {
  for await (const batch of batches) {
    for (let from = 0; from < batch.length; from += PIECE_ROWS) yield batch.slice(from, from + PIECE_ROWS)
  }
}

function entryOf(row: Row, cell: number, told: RowLogEntry | undefined): z.infer<typeof LOG>[number] {
  const { outcome, mistake, at } = told ?? { outcome: 'unprocessed', mistake: null, at: null }
  return {
    row: row.number,
    id: row.cells[cell] ?? '',
    outcome,
    ...(mistake && { code: mistake.code, message: rowMessage(mistake) }),
    ...(at && { time: timeOf(at) }),
  }
}
