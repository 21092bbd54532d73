import { CERTIFICATE_FILENAME_PATTERNS, type OperationType, parseDelimiter, parseEncoding } from '@muster/contracts'
import type { DeclaredData, OperationRecord } from '@muster/database'
import { OPERATIONS } from '@muster/operations'
import { z } from 'zod'
import type { Caller } from '../../../auth/caller.ts'
import { forbidden } from '../../../auth/forbidden.ts'
import {
  createOperation as create,
  createAwaitingOperation,
  createIdsOperation,
} from '../../../operations/create-operation.ts'
import { parametersRefused } from '../../../refusal.ts'
import type { Services } from '../../../services.ts'
import { mediaType } from '../../../upload/media-type.ts'
import type { Endpoint } from '../../endpoint.ts'
import { readIdempotencyKey } from '../../idempotency/idempotency-key.ts'
import { type ApiRequest, json } from '../../route.ts'
import { readQuery } from '../read-query.ts'
import { DUPLICATE, isDuplicateAllowed } from './duplicate-query.ts'
import { GIVEN_OPERATION, type GivenOperation, readGivenOperation } from './given-operation.ts'
import { OPERATION_FIELDS, readOperationForm } from './operation-form.ts'
import { OPERATION, operationJson } from './operation-json.ts'
import { readGivenOptions, readOptions } from './operation-options.ts'

const text = z.string().optional()

const FORM = z.object({
  file: z
    .string()
    .meta({ format: 'binary' })
    .describe('The data, with a file name: a CSV or a ZIP, as the type has it.'),
  type: z.string(),
  name: text.describe("For people; the type's title unless given."),
  encoding: text.describe('Of a CSV; UTF-8 unless given.'),
  delimiter: text.describe('Of a CSV: `,`, `;`, `|` or `tab`; found from the header unless given.'),
  start: text.describe('`false`: it is to be started by another request.'),
  maxFailedRows: text,
  maxFailedRatio: text,
  factor_configs: text.describe('Ids, for enrollments; several as repeated fields, a JSON array or a list.'),
  overwrite_enrollment_data: text.describe('`true` or `false`, for enrollments; false unless given.'),
  certificate_filename_pattern: text.describe(
    `For SMART_CARD_ENROLLMENT, what the names of the certificates' files say of their users: one of ${CERTIFICATE_FILENAME_PATTERNS.join(', ')}.`,
  ),
  printer: text.describe('For PRINT_ENROLLMENTS: the name of a printer.'),
  hopper: text.describe('For PRINT_ENROLLMENTS: from which the blank cards come; 1 unless given.'),
  exception_message: text.describe('For PRINT_ENROLLMENTS: what the printer shows for cards that failed.'),
})

/** Of a body with ids. */
const MAX_IDS_BYTES = 4 * 1024 * 1024

/** `POST /v1/operations`: an upload becomes an operation, or one is made whose data is to come. */
export const createOperation: Endpoint = {
  summary: 'Create an operation',
  details:
    'With the data as a form: the operation is scheduled. Without it as JSON: the operation awaits its data, which is ' +
    'sent as the body of PUT /v1/operations/{id}/data; of types whose rows are ids, these may be given at once. A form may be sent with `Content-Encoding: gzip`.',
  query: DUPLICATE,
  body: { 'multipart/form-data': FORM, 'application/json': GIVEN_OPERATION },
  answers: { 201: { description: 'The operation.', content: { 'application/json': OPERATION } } },
  async handler(services, request) {
    const isJson = mediaType(request.header('content-type'))?.essence === 'application/json'
    const operation = await (isJson ? createFromJson(services, request) : createFromForm(services, request))
    return json(201, operationJson(services, operation), { Location: `/v1/operations/${operation.id}` })
  },
}

async function createFromForm(services: Services, request: ApiRequest): Promise<OperationRecord> {
  const { caller } = request
  const allowsDuplicate = isDuplicateAllowed(readQuery(DUPLICATE, request.query))
  const upload = await request.upload(OPERATION_FIELDS)
  const mistakes: string[] = []
  const { type, ...form } = readOperationForm(upload.fields, mistakes)
  if (type !== null) demandPermission(caller, type)
  const options =
    type === null ? null : await readOptions(services.pool, caller.tenantId, type, upload.fields, mistakes)
  const refused = parametersRefused(mistakes)
  if (refused !== null || type === null) throw refused
  const requestKey = readIdempotencyKey(request.header('idempotency-key'))
  return create(services, { ...form, caller, type, options, upload, allowsDuplicate, requestKey })
}

async function createFromJson(services: Services, request: ApiRequest): Promise<OperationRecord> {
  const { caller } = request
  const body = await request.json(MAX_IDS_BYTES)
  const allowsDuplicate = isDuplicateAllowed(readQuery(DUPLICATE, request.query))
  const given = readGivenOperation(body)
  demandPermission(caller, given.type)
  const mistakes: string[] = []
  const options = await readGivenOptions(services.pool, caller.tenantId, given, mistakes)
  const refused = parametersRefused(mistakes)
  if (refused !== null) throw refused
  const { maxFailedRows = null, maxFailedRatio = null } = given.options
  const terms = {
    caller,
    type: given.type,
    name: given.name || null,
    options,
    policy: { maxFailedRows, maxFailedRatio },
    startsByItself: given.start ?? true,
    requestKey: readIdempotencyKey(request.header('idempotency-key')),
  }
  return 'ids' in given && given.ids !== undefined
    ? createIdsOperation(services, { ...terms, ids: given.ids, allowsDuplicate })
    : createAwaitingOperation(services, { ...terms, declared: declaredData(given) })
}

function declaredData(given: GivenOperation): DeclaredData {
  const { encoding, delimiter } = given.type === 'SMART_CARD_ENROLLMENT' ? {} : given
  return {
    encoding: encoding === undefined ? null : parseEncoding(encoding),
    delimiter: delimiter === undefined ? null : parseDelimiter(delimiter),
  }
}

function demandPermission({ scopes }: Caller, type: OperationType): void {
  const { permission } = OPERATIONS[type]
  if (!scopes.includes(permission)) throw forbidden(permission)
}
