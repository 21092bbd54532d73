import { ENCODINGS } from '@muster/contracts'
import { quickEnrollmentOptions } from '@muster/operations'
import { z } from 'zod'
import { createOperation } from '../../operations/create-operation.ts'
import { parseFileEncoding, parseOverwrite } from '../../operations/enrollment-parameters.ts'
import { readFactorConfigs } from '../../operations/factor-configs.ts'
import { parametersRefused } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import type { Upload } from '../../upload/upload.ts'
import type { Endpoint } from '../endpoint.ts'
import { readIdempotencyKey } from '../idempotency/idempotency-key.ts'
import { DUPLICATE } from '../native/operations/duplicate-query.ts'
import { json } from '../route.ts'
import { id360Error } from './errors.ts'
import { LINK } from './job.ts'
import { FACTOR_CONFIGS } from './sample-csv.ts'

const FIELDS = ['factor_configs', 'file_encoding', 'overwrite_enrollment_data'] as const

const FORM = z.object({
  file: z.string().meta({ format: 'binary', description: 'The CSV, its header as sample-csv has it.' }),
  factor_configs: FACTOR_CONFIGS,
  file_encoding: z.enum(ENCODINGS).default('UTF-8'),
  overwrite_enrollment_data: z
    .boolean()
    .default(false)
    .describe('Whether to enroll anew who is enrolled in a factor already.'),
})

const STARTED = z.object({
  data: z.object({ id: z.string().describe("The job's."), status: z.literal('RUNNING'), message: z.string() }),
  links: z.object({ status: LINK }),
})

/**
 * `POST /protection/quick-enrollment/upload-csv`: makes a quick enrollment of the file. Everything
 * wrong with the parameters is told together, and then everything wrong with the file's header.
 */
export const uploadCsv: Endpoint = {
  summary: 'Enroll users by a CSV',
  query: DUPLICATE,
  body: { 'multipart/form-data': FORM },
  answers: { 200: { description: 'The job that enrolls them.', content: { 'application/json': STARTED } } },
  async handler(services, request) {
    if (request.header('content-length') === null && request.header('transfer-encoding') === null) {
      return id360Error('00000108', 'Send the form with its Content-Length, or chunked.')
    }
    const upload = await request.upload(FIELDS)
    const { caller } = request
    const parameters = await readParameters(services, caller.tenantId, upload)
    const requestKey = readIdempotencyKey(request.header('idempotency-key'))
    const allowsDuplicate = request.query.get('duplicate') === 'allow'
    const operation = await createOperation(services, { caller, upload, ...parameters, allowsDuplicate, requestKey })
    const id = String(operation.number)
    return json(200, {
      data: { id, status: 'RUNNING', message: 'Enrollment Process is initiated, check jobs for current status' },
      links: { status: { href: `/jobs/${id}` } },
    })
  },
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
