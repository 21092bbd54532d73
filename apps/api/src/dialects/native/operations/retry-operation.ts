import { isEnded } from '@muster/contracts'
import type { OperationRecord } from '@muster/database'
import { OPERATIONS } from '@muster/operations'
import { canWrite } from '@muster/text'
import { z } from 'zod'
import type { Caller } from '../../../auth/caller.ts'
import { forbidden } from '../../../auth/forbidden.ts'
import { createOperation } from '../../../operations/create-operation.ts'
import { retryOperation as retryRows } from '../../../operations/retry-operation.ts'
import { parametersRefused } from '../../../refusal.ts'
import type { Services } from '../../../services.ts'
import type { Upload } from '../../../upload/upload.ts'
import type { Endpoint } from '../../endpoint.ts'
import { readIdempotencyKey } from '../../idempotency/idempotency-key.ts'
import { json } from '../../route.ts'
import { hasBody } from '../request-body.ts'
import { readDataFields } from './operation-form.ts'
import { OPERATION, operationJson } from './operation-json.ts'
import { operationOf } from './operation-of.ts'
import { stateConflict } from './state-conflict.ts'

const FIELDS = ['name', 'encoding', 'delimiter'] as const

const FORM = z.object({
  file: z
    .string()
    .meta({ format: 'binary' })
    .describe('A CSV, whose column `_row` tells which rows it corrects, or a ZIP, as the operation had.'),
  name: z.string().optional().describe('That of the operation unless given.'),
  encoding: z.string().optional().describe('That of the failed-rows file unless given.'),
  delimiter: z.string().optional().describe('Found from the header unless given.'),
})

/** `POST /v1/operations/{id}/retry`: a child operation of corrected rows or, without a body, of the rows as they are. */
export const retryOperation: Endpoint = {
  summary: 'Run failed rows again',
  details:
    'With a file, its rows are run, and those that its column `_row` names are resolved when they come through; ' +
    'those of a ZIP resolve none. ' +
    'Without a body, the failed and unprocessed rows are run as they are. ' +
    'The new operation has the same type, options and failure policy.',
  body: { 'multipart/form-data': FORM },
  answers: { 201: { description: 'The new operation.', content: { 'application/json': OPERATION } } },
  async handler(services, request) {
    const upload = hasBody(request) ? await request.upload(FIELDS) : null
    const parent = await operationOf(services, request)
    const { permission } = OPERATIONS[parent.type]
    if (!request.caller.scopes.includes(permission)) throw forbidden(permission)
    if (!isEnded(parent.state)) throw stateConflict(parent, 'Retry it when it has ended; cancelling ends it at once.')
    const { caller } = request
    const terms = { caller, requestKey: readIdempotencyKey(request.header('idempotency-key')) }
    const child = await (upload === null
      ? retryRows(services, parent, terms)
      : retryWith(upload, services, parent, terms))
    return json(201, operationJson(services, child), { Location: `/v1/operations/${child.id}` })
  },
}

async function retryWith(
  upload: Upload,
  services: Services,
  parent: OperationRecord,
  terms: { readonly caller: Caller; readonly requestKey: string | null },
): Promise<OperationRecord> {
  const mistakes: string[] = []
  const encoding = canWrite(parent.source?.encoding ?? 'UTF-8')
  const { name, ...fields } = readDataFields(upload.fields, { type: parent.type, encoding }, mistakes)
  const refused = parametersRefused(mistakes)
  if (refused !== null) throw refused
  const { type, options } = parent
  return createOperation(services, { ...fields, ...terms, name: name ?? parent.name, type, options, upload, parent })
}
