import { deletePrinter as removePrinter } from '@muster/database'
import type { Endpoint } from '../../endpoint.ts'
import { noSuchPrinter, printerIdOf } from './printer.ts'

/** `DELETE /v1/printers/{id}`. */
export const deletePrinter: Endpoint = {
  summary: 'Delete a printer',
  details: 'Operations that were asked for before still print.',
  answers: { 204: { description: 'It is gone.' } },
  async handler({ pool }, request) {
    if (!(await removePrinter(pool, request.caller.tenantId, printerIdOf(request)))) throw noSuchPrinter()
    return { status: 204, headers: {}, body: '' }
  },
}
