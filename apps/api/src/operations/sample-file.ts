import type { OperationType } from '@muster/contracts'
import { OPERATIONS } from '@muster/operations'
import { writeCsv } from '@muster/text'
import type { Answer } from '../dialects/route.ts'

/** A CSV that an operation of this type and these options accepts: the whole header and two rows. */
export function sampleFile(type: OperationType, options: unknown): Answer {
  const columns = OPERATIONS[type].columns(options)
  const records = [
    columns.map((column) => column.name),
    columns.map((column) => column.example[0]),
    columns.map((column) => column.example[1]),
  ]
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="sample_${type.toLowerCase()}.csv"`,
    },
    body: writeCsv(each(records), { delimiter: ',', encoding: 'UTF-8' }),
  }
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}
