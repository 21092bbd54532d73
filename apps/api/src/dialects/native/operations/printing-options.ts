import { findPrinterByName, type Pool } from '@muster/database'
import type { PrintEnrollmentsOptions } from '@muster/operations'
import { z } from 'zod'
import { EXCEPTION_MESSAGE, FIRST_HOPPER, HOPPER } from '../../../operations/print-terms.ts'
import { singleValue } from '../../../operations/single-value.ts'

/** How to print, as a client gives it in JSON. */
export const PRINTING = {
  printer: z.string('expected the name of a printer').describe('The name of a printer: GET /v1/printers.'),
  hopper: HOPPER.optional().describe('From which the blank cards come; 1 unless given.'),
  exceptionMessage: EXCEPTION_MESSAGE.optional().describe('What the printer shows for cards that failed.'),
}

/** How to print, the printer by its name. */
type Printing = Omit<PrintEnrollmentsOptions, 'printer'> & { readonly printer: string }

/** How to print, from the fields of a form. What is wrong goes into `mistakes`. */
export function printFields(valuesOf: (name: string) => readonly string[], mistakes: string[]): Printing {
  const value = (name: string) => singleValue(name, valuesOf(name), mistakes)
  const hopper = HOPPER.safeParse(Number(value('hopper') ?? FIRST_HOPPER))
  const message = EXCEPTION_MESSAGE.nullable().safeParse(value('exception_message'))
  if (!hopper.success) mistakes.push(...hopper.error.issues.map((issue) => `hopper: ${issue.message}.`))
  if (!message.success) mistakes.push(...message.error.issues.map((issue) => `exception_message: ${issue.message}.`))
  return {
    printer: value('printer') ?? '',
    hopper: hopper.data ?? FIRST_HOPPER,
    exceptionMessage: message.data ?? null,
  }
}

/** The options of a printing, with the printer as it is now; null, and a mistake that names `parameter`, when there is none. */
export async function printOptions(
  pool: Pool,
  tenantId: number,
  { printer: name, ...options }: Printing,
  parameter: string,
  mistakes: string[],
): Promise<PrintEnrollmentsOptions | null> {
  const printer = name.includes('\0') ? null : await findPrinterByName(pool, tenantId, name)
  if (printer === null) mistakes.push(`${parameter} names no printer; GET /v1/printers lists those there are.`)
  return printer && { printer, ...options }
}
