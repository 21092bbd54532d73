import { updatePrinter } from '@muster/database'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { parseBody } from '../request-body.ts'
import { GIVEN_PRINTER, noSuchPrinter, PRINTER, printerIdOf, printerNameTaken } from './printer.ts'

/** `PUT /v1/printers/{id}`: `{ name, kind?, address? }` in place of what it was. */
export const putPrinter: Endpoint = {
  summary: 'Change a printer',
  details: 'Operations that were asked for before print as it was then.',
  body: { 'application/json': GIVEN_PRINTER },
  answers: { 200: { description: 'The printer as it is now.', content: { 'application/json': PRINTER } } },
  async handler({ pool }, request) {
    const id = printerIdOf(request)
    const printer = parseBody(GIVEN_PRINTER, await request.json())
    const updated = await updatePrinter(pool, request.caller.tenantId, id, printer)
    if (updated === null) throw noSuchPrinter()
    if (updated === 'taken') throw printerNameTaken()
    return json(200, updated)
  },
}
