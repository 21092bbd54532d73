import { OPERATIONS, quickEnrollmentOptions } from '@muster/operations'
import { writeCsv } from '@muster/text'
import { readFactorConfigs } from '../../operations/factor-configs.ts'
import { parametersRefused } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import type { Answer, ApiRequest } from '../route.ts'

/**
 * `GET /protection/quick-enrollment/sample-csv`: the header that upload-csv wants for exactly these
 * `factor_configs` (in any of the four forms), and two rows that it accepts. The users they are
 * about are examples: whoever uploads the file as it is gets failed rows unless they exist.
 */
export async function sampleCsv({ pool }: Services, { query, caller }: ApiRequest): Promise<Answer> {
  const values = [...query.getAll('factor_configs'), ...query.getAll('factor_configs[]')]
  const mistakes: string[] = []
  const configs = await readFactorConfigs(pool, caller.tenantId, values, mistakes)
  const refused = parametersRefused(mistakes)
  if (refused !== null) throw refused
  const columns = OPERATIONS.QUICK_ENROLLMENT.columns(quickEnrollmentOptions(configs, false))
  const records = [
    columns.map((column) => column.name),
    columns.map((column) => column.example[0]),
    columns.map((column) => column.example[1]),
  ]
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="sample_quick_enrollment.csv"',
    },
    body: writeCsv(each(records), { delimiter: ',', encoding: 'UTF-8' }),
  }
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}
