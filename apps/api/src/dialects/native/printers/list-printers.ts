import { listPrinters as readPrinters } from '@muster/database'
import { z } from 'zod'
import { parametersRefused } from '../../../refusal.ts'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { PRINTER } from './printer.ts'

const PAGE = 100

const QUERY = z.object({ after: z.string().optional().describe('Printers that come after this name.') })

/** `GET /v1/printers?after=`: the tenant's printers by name, 100 at a time; `next` continues the list, null at its end. */
export const listPrinters: Endpoint = {
  summary: 'List the printers by name',
  query: QUERY,
  answers: {
    200: {
      description: 'At most 100 of them.',
      content: { 'application/json': z.object({ printers: z.array(PRINTER), next: z.string().nullable() }) },
    },
  },
  async handler({ pool }, { query, caller }) {
    const after = query.get('after') ?? ''
    if (after.includes('\0')) throw parametersRefused(['after takes the name of a printer.'])
    const found = await readPrinters(pool, caller.tenantId, { after, limit: PAGE + 1 })
    const printers = found.slice(0, PAGE)
    const last = found.length > PAGE ? printers.at(-1) : undefined
    const next = last === undefined ? null : `/v1/printers?${new URLSearchParams({ after: last.name })}`
    return json(200, { printers, next })
  },
}
