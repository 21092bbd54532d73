import type { FactorConfig } from '@muster/contracts'
import { z } from 'zod'
import { createOperation, type OperationRequest } from '../../operations/create-operation.ts'
import { parseOverwrite } from '../../operations/enrollment-parameters.ts'
import { type EnrollmentType, type FactorConfigNaming, readFactorConfigs } from '../../operations/factor-configs.ts'
import { parametersRefused } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import type { Endpoint } from '../endpoint.ts'
import { readIdempotencyKey } from '../idempotency/idempotency-key.ts'
import { DUPLICATE } from '../native/operations/duplicate-query.ts'
import { json } from '../route.ts'
import { id360Error } from './errors.ts'
import { LINK } from './job.ts'

/** What the dialect has for each type of enrollment. */
const WAYS = {
  QUICK_ENROLLMENT: 'upload-csv',
  SMART_CARD_ENROLLMENT: 'upload-smartcards',
} as const

/** How the dialect's parameter `factor_configs` names those of a type. */
export function factorConfigNaming(type: EnrollmentType): FactorConfigNaming {
  return { type, ways: WAYS }
}

/** Factor configs as a form or a query names them. */
export const FACTOR_CONFIGS = z
  .array(z.string())
  .min(1)
  .describe('Ids of factor configs: repeated, as `factor_configs[]`, separated by commas, or as one JSON array.')

/** Fields that every such form has. */
const SHARED = {
  factor_configs: FACTOR_CONFIGS,
  overwrite_enrollment_data: z
    .boolean()
    .default(false)
    .describe('Whether to enroll anew who is enrolled in a factor already.'),
} as const

const STARTED = z.object({
  data: z.object({ id: z.string().describe("The job's."), status: z.literal('RUNNING'), message: z.string() }),
  links: z.object({ status: LINK }),
})

/** Values of a form's field, in the order they came. */
type ValuesOf = (field: string) => readonly string[]

/** What one way to enroll by an upload has of its own; `Own` is what its own fields say. */
interface EnrollmentUpload<Own> {
  readonly type: EnrollmentType
  readonly summary: string
  /** What is said of the file. */
  readonly file: string
  /** Fields beside the file, the factor configs and whether to overwrite. */
  readonly fields: Readonly<Record<string, z.ZodType>>
  /** Reads those fields. What is wrong goes into `mistakes`. */
  readFields(valuesOf: ValuesOf, mistakes: string[]): Own
  /** What the operation is created with, once nothing is wrong. */
  terms(
    configs: readonly FactorConfig[],
    overwrite: boolean,
    own: Own,
  ): Pick<OperationRequest, 'options'> & Partial<Pick<OperationRequest, 'encoding'>>
}

/**
 * An endpoint that makes an enrollment of a form with a file. Everything wrong with the parameters is told together,
 * and then what is wrong with the file.
 */
export function enrollmentUpload<Own>(declared: EnrollmentUpload<Own>): Endpoint {
  const { type, summary, fields } = declared
  const file = z.string().meta({ format: 'binary', description: declared.file })
  const names = Object.keys({ ...SHARED, ...fields })
  return {
    summary,
    query: DUPLICATE,
    body: { 'multipart/form-data': z.object({ file, ...SHARED, ...fields }) },
    answers: { 200: { description: 'The job that enrolls them.', content: { 'application/json': STARTED } } },
    async handler(services, request) {
      if (request.header('content-length') === null && request.header('transfer-encoding') === null) {
        return id360Error('00000108', 'Send the form with its Content-Length, or chunked.')
      }
      const upload = await request.upload(names)
      const { caller } = request
      const terms = await readTerms(declared, services, caller.tenantId, (field) => upload.fields.get(field) ?? [])
      const requestKey = readIdempotencyKey(request.header('idempotency-key'))
      const allowsDuplicate = request.query.get('duplicate') === 'allow'
      const asked = { caller, type, name: null, upload, ...terms, allowsDuplicate, requestKey }
      const operation = await createOperation(services, asked)
      const id = String(operation.number)
      return json(200, {
        data: { id, status: 'RUNNING', message: 'Enrollment Process is initiated, check jobs for current status' },
        links: { status: { href: `/jobs/${id}` } },
      })
    },
  }
}

/** Throws a Refusal that tells every mistake. */
async function readTerms<Own>(
  declared: EnrollmentUpload<Own>,
  { pool }: Services,
  tenantId: number,
  valuesOf: ValuesOf,
): Promise<ReturnType<EnrollmentUpload<Own>['terms']>> {
  const mistakes: string[] = []
  const own = declared.readFields(valuesOf, mistakes)
  const overwrite = parseOverwrite(valuesOf('overwrite_enrollment_data'), mistakes)
  const naming = factorConfigNaming(declared.type)
  const configs = await readFactorConfigs(pool, tenantId, valuesOf('factor_configs'), naming, mistakes)
  const refused = parametersRefused(mistakes)
  if (refused !== null) throw refused
  return declared.terms(configs, overwrite, own)
}
