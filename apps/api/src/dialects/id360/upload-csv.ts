import { quickEnrollmentOptions } from '@muster/operations'
import { createOperation } from '../../operations/create-operation.ts'
import { parseFileEncoding, parseOverwrite } from '../../operations/enrollment-parameters.ts'
import { readFactorConfigs } from '../../operations/factor-configs.ts'
import { parametersRefused } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import type { Upload } from '../../upload/upload.ts'
import { type Answer, type ApiRequest, json } from '../route.ts'
import { id360Error } from './errors.ts'

const FIELDS = ['factor_configs', 'file_encoding', 'overwrite_enrollment_data'] as const

/**
 * `POST /protection/quick-enrollment/upload-csv`: makes a quick enrollment of the file. Everything
 * wrong with the parameters is told together, and then everything wrong with the file's header.
 */
export async function uploadCsv(services: Services, request: ApiRequest): Promise<Answer> {
  if (request.header('content-length') === null && request.header('transfer-encoding') === null) {
    return id360Error('00000108', 'Send the form with its Content-Length, or chunked.')
  }
  const upload = await request.upload(FIELDS)
  const { caller } = request
  const parameters = await readParameters(services, caller.tenantId, upload)
  const operation = await createOperation(services, { caller, upload, ...parameters })
  const id = String(operation.number)
  return json(200, {
    data: { id, status: 'RUNNING', message: 'Enrollment Process is initiated, check jobs for current status' },
    links: { status: { href: `/jobs/${id}` } },
  })
}

/** Throws a Refusal that tells every mistake. */
async function readParameters({ pool }: Services, tenantId: number, { fields }: Upload) {
  const valuesOf = (name: (typeof FIELDS)[number]) => fields.get(name) ?? []
  const mistakes: string[] = []
  const encoding = parseFileEncoding(valuesOf('file_encoding'), mistakes)
  const overwrite = parseOverwrite(valuesOf('overwrite_enrollment_data'), mistakes)
  const configs = await readFactorConfigs(pool, tenantId, valuesOf('factor_configs'), mistakes)
  const refused = parametersRefused(mistakes)
  if (refused !== null) throw refused
  return {
    type: 'QUICK_ENROLLMENT',
    name: null,
    options: quickEnrollmentOptions(configs, overwrite),
    encoding,
    delimiter: null,
  } as const
}
