import { PRINTER_KINDS } from '@muster/contracts'
import { z } from 'zod'
import { Refusal } from '../../../refusal.ts'
import type { ApiRequest } from '../../route.ts'
import { name } from '../request-body.ts'

/** What a client says of a printer. */
export const GIVEN_PRINTER = z.strictObject(
  {
    name,
    kind: z
      .enum(PRINTER_KINDS, `expected one of ${PRINTER_KINDS.join(', ')}`)
      .default('pdf')
      .describe('`pdf` prints into a file, which is the result of the operation.'),
    address: z.null('expected null, since a printer of this kind has no address').default(null),
  },
  'expected an object',
)

/** A printer as it is told. */
export const PRINTER = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(PRINTER_KINDS),
    address: z.string().nullable().describe('Where it is reached; null for a kind that has no address.'),
  })
  .meta({ id: 'Printer' })

/** The id in the path. Throws a Refusal when there cannot be a printer of it. */
export function printerIdOf({ params }: Pick<ApiRequest, 'params'>): string {
  const id = params['id'] ?? ''
  if (/^\d{1,18}$/.test(id)) return id
  throw noSuchPrinter()
}

export function noSuchPrinter(): Refusal {
  return new Refusal('not-found', 'There is no printer of this id.')
}

export function printerNameTaken(): Refusal {
  return new Refusal('conflict', 'There is a printer of this name already; choose another name.')
}
