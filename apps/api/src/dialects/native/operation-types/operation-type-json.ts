import { DELIMITERS, ENCODINGS, OPERATION_TYPES, type OperationType, PERMISSIONS } from '@muster/contracts'
import { MAX_COLUMN_NAME, MAX_OTHER_COLUMNS, rowSchema } from '@muster/engine'
import { OPERATIONS } from '@muster/operations'
import { MAX_RECORD_BYTES } from '@muster/text'
import { z } from 'zod'
import type { Services } from '../../../services.ts'
import { OPTIONS } from '../operations/operation-options.ts'

const bytes = z.int().min(1)

const JSON_SCHEMA = z.record(z.string(), z.unknown())

/** An operation type as the native dialect tells it. */
export const OPERATION_TYPE = z
  .object({
    type: z.enum(OPERATION_TYPES),
    title: z.string(),
    permission: z.enum(PERMISSIONS).describe('What a caller needs beside `OPERATIONS:ADD`.'),
    data: z
      .enum(['text/csv', 'application/zip'])
      .describe('What its rows come from: the records of a CSV, or the files in a ZIP.'),
    columns: JSON_SCHEMA.describe(
      'A JSON Schema (draft 2020-12) of a row: one property a cell by its column, surrounding space removed, empty cells left out. Of a ZIP, `file` is the name of a file in it.',
    ),
    rules: z.object({
      header: z.array(z.string()).describe('Columns that the header must have, in any order; of a ZIP, none.'),
      otherColumns: z.boolean().describe('Whether the header may have columns that `columns` does not name.'),
      key: z.string().describe('The column that says what a row is about.'),
      repeatedKey: z
        .literal('DUPLICATE_KEY')
        .describe('The code with which a row fails when an earlier row of its key has succeeded.'),
    }),
    limits: z.object({
      fileBytes: bytes,
      recordBytes: bytes.nullable().describe('Of one row, in UTF-8; null for a ZIP.'),
      columnNameLength: z.int().min(1).describe('Characters.'),
      otherColumns: z.int().min(0),
    }),
    encodings: z.array(z.enum(ENCODINGS)).describe('None for a ZIP.'),
    delimiters: z.array(z.enum(DELIMITERS)).describe('None for a ZIP.'),
    options: JSON_SCHEMA.describe('A JSON Schema (draft 2020-12) of its options.'),
  })
  .meta({ id: 'OperationType' })

/** @param options the type's options, on which its columns may depend */
export function operationTypeJson(
  { maxUploadBytes }: Pick<Services, 'maxUploadBytes'>,
  type: OperationType,
  options: unknown,
): z.infer<typeof OPERATION_TYPE> {
  const operation = OPERATIONS[type]
  const isCsv = operation.content === null
  return {
    type,
    title: operation.title,
    permission: operation.permission,
    data: isCsv ? 'text/csv' : 'application/zip',
    columns: { ...rowSchema(operation, options) },
    rules: {
      header: operation.columns(options).flatMap(({ name, inHeader }) => (isCsv && inHeader ? [name] : [])),
      otherColumns: operation.otherColumn !== null,
      key: operation.key,
      repeatedKey: 'DUPLICATE_KEY',
    },
    limits: {
      fileBytes: maxUploadBytes,
      recordBytes: isCsv ? MAX_RECORD_BYTES : null,
      columnNameLength: MAX_COLUMN_NAME,
      otherColumns: operation.otherColumn === null ? 0 : MAX_OTHER_COLUMNS,
    },
    encodings: isCsv ? [...ENCODINGS] : [],
    delimiters: isCsv ? [...DELIMITERS] : [],
    options: z.toJSONSchema(OPTIONS[type], { io: 'input' }),
  }
}
