import { findPrinterByName, type StoredPrinter } from '@muster/database'
import { z } from 'zod'
import { EXCEPTION_MESSAGE, FIRST_HOPPER, HOPPER } from '../../../operations/print-terms.ts'
import { Refusal } from '../../../refusal.ts'
import type { Services } from '../../../services.ts'
import type { Endpoint } from '../../endpoint.ts'
import { CREATION, createBulkOperation } from './create-bulk-operation.ts'
import { IDS, readBody } from './read-body.ts'

const PRINTER = z.object(
  {
    name: z.string('expected text').min(1, 'expected at least one character'),
    hopper: HOPPER.nullish().describe('From which the blank cards come; 1 unless given.'),
    exceptionSlotMessage: EXCEPTION_MESSAGE.nullish().describe(
      'What the printer is to show for the slot of cards that failed.',
    ),
  },
  'expected an object',
)

const BODY = z.object({ ids: IDS, printer: PRINTER }, 'expected an object')

/** `POST /v2/print`. */
export const printEnrollments: Endpoint = {
  ...CREATION,
  summary: 'Print enrollments',
  body: { 'application/json': BODY },
  async handler(services, request) {
    const { ids, printer: given } = await readBody(BODY, request)
    const { id, name, kind, address } = await printerOfName(services, request.caller.tenantId, given.name)
    const options = {
      printer: { id, name, kind, address },
      hopper: given.hopper ?? FIRST_HOPPER,
      exceptionMessage: given.exceptionSlotMessage ?? null,
    }
    return createBulkOperation(services, request, { type: 'PRINT_ENROLLMENTS', options, ids })
  },
}

async function printerOfName({ pool }: Services, tenantId: number, name: string): Promise<StoredPrinter> {
  // PostgreSQL's text has no NUL, so that no printer has it in its name.
  const printer = name.includes('\0') ? null : await findPrinterByName(pool, tenantId, name)
  if (printer !== null) return printer
  throw new Refusal('not-found', 'There is no printer of this name.', { members: { target: 'printer.name' } })
}
