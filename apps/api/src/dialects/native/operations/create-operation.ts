import { OPERATIONS } from '@muster/operations'
import { z } from 'zod'
import { forbidden } from '../../../auth/forbidden.ts'
import { createOperation as create } from '../../../operations/create-operation.ts'
import { parametersRefused } from '../../../refusal.ts'
import { json } from '../../route.ts'
import type { Endpoint } from '../endpoint.ts'
import { OPERATION_FIELDS, readOperationForm } from './operation-form.ts'
import { OPERATION, operationJson } from './operation-json.ts'
import { readOptions } from './operation-options.ts'

const FORM = z.object({ file: z.string().meta({ format: 'binary' }), type: z.string() })

/** `POST /v1/operations`: an upload becomes an operation. */
export const createOperation: Endpoint = {
  summary: 'Create an operation',
  body: { 'multipart/form-data': FORM },
  answers: { 201: { description: 'The operation.', content: { 'application/json': OPERATION } } },
  async handler(services, request) {
    const { caller } = request
    const upload = await request.upload(OPERATION_FIELDS)
    const mistakes: string[] = []
    const { type, ...form } = readOperationForm(upload.fields, mistakes)
    if (type !== null && !caller.scopes.includes(OPERATIONS[type].permission))
      throw forbidden(OPERATIONS[type].permission)
    const options =
      type === null ? null : await readOptions(services.pool, caller.tenantId, type, upload.fields, mistakes)
    const refused = parametersRefused(mistakes)
    if (refused !== null || type === null) throw refused
    const operation = await create(services, { ...form, caller, type, options, upload })
    return json(201, operationJson(operation), { Location: `/v1/operations/${operation.id}` })
  },
}
