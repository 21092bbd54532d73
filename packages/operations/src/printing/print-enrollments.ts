import type { PrinterKind } from '@muster/contracts'
import { enrollmentOperation } from '../enrollment-records/enrollment-operation.ts'
import { matchedRecords } from '../enrollment-records/matched-records.ts'

/** How cards are to be printed. The printer is kept as it was when it was asked. */
export interface PrintEnrollmentsOptions {
  readonly printer: {
    /** Decimal digits. */
    readonly id: string
    readonly name: string
    readonly kind: PrinterKind
    /** Null for a kind that has no address. */
    readonly address: string | null
  }
  /** From which hopper the blank cards come, from 1. */
  readonly hopper: number
  /** What the printer is to show for the slot of cards that failed; null for nothing. */
  readonly exceptionMessage: string | null
}

/** The options of an operation of this type, as they are stored with it. */
export function printEnrollmentsOptions(stored: unknown): PrintEnrollmentsOptions {
  return stored as PrintEnrollmentsOptions
}

const STATEMENT = `${matchedRecords()},
deferred as (select row_number, record_id as subject_id from marked),
succeeded as (select null::bigint as row_number where false),
unchanged as (select null::bigint as row_number where false),
mistakes as (select * from unmatched)`

/** Prints a card for each enrollment, all of them together once every row is read. */
export const printEnrollments = enrollmentOperation<PrintEnrollmentsOptions>({
  type: 'PRINT_ENROLLMENTS',
  title: 'Print enrollments',
  permission: 'ISSUANCE:ADD',
  options: printEnrollmentsOptions,
  statement: STATEMENT,
})
