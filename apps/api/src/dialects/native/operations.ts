import { findOperation, type OperationRecord } from '@muster/database'
import { OPERATIONS } from '@muster/operations'
import { forbidden } from '../../auth/forbidden.ts'
import { createOperation as create } from '../../operations/create-operation.ts'
import { failedRowsFile } from '../../operations/failed-rows-file.ts'
import { parametersRefused, Refusal } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import { type Answer, type ApiRequest, json } from '../route.ts'
import { OPERATION_FIELDS, readOperationForm } from './operation-form.ts'
import { operationJson } from './operation-json.ts'
import { readOptions } from './operation-options.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** `POST /v1/operations`: an upload becomes an operation. */
export async function createOperation(services: Services, request: ApiRequest): Promise<Answer> {
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
}

/** `GET /v1/operations/{id}`. */
export async function getOperation(services: Services, request: ApiRequest): Promise<Answer> {
  return json(200, operationJson(await operationOf(services, request)))
}

/** `GET /v1/operations/{id}/failed-rows`. */
export async function getFailedRows(services: Services, request: ApiRequest): Promise<Answer> {
  return failedRowsFile(services, await operationOf(services, request))
}

/** The operation that the path names. Throws a Refusal when the caller's tenant has none of that id. */
async function operationOf({ pool }: Services, { params, caller }: ApiRequest): Promise<OperationRecord> {
  const id = params['id'] ?? ''
  const operation = UUID.test(id) ? await findOperation(pool, caller.tenantId, id) : null
  if (operation !== null) return operation
  throw new Refusal('not-found', 'There is no operation of this id.')
}
