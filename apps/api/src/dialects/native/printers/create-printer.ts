import { createPrinter as insertPrinter } from '@muster/database'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { parseBody } from '../request-body.ts'
import { GIVEN_PRINTER, PRINTER, printerNameTaken } from './printer.ts'

/** `POST /v1/printers`: `{ name, kind?, address? }`. */
export const createPrinter: Endpoint = {
  summary: 'Create a printer',
  body: { 'application/json': GIVEN_PRINTER },
  answers: { 201: { description: 'The printer.', content: { 'application/json': PRINTER } } },
  async handler({ pool }, request) {
    const printer = parseBody(GIVEN_PRINTER, await request.json())
    const created = await insertPrinter(pool, request.caller.tenantId, printer)
    if (created === null) throw printerNameTaken()
    return json(201, created, { Location: `/v1/printers/${created.id}` })
  },
}
