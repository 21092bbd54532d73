import { findPrinter } from '@muster/database'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { noSuchPrinter, PRINTER, printerIdOf } from './printer.ts'

/** `GET /v1/printers/{id}`. */
export const getPrinter: Endpoint = {
  summary: 'Read a printer',
  answers: { 200: { description: 'The printer.', content: { 'application/json': PRINTER } } },
  async handler({ pool }, request) {
    const printer = await findPrinter(pool, request.caller.tenantId, printerIdOf(request))
    if (printer === null) throw noSuchPrinter()
    return json(200, printer)
  },
}
