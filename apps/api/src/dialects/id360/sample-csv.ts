import { quickEnrollmentOptions } from '@muster/operations'
import { z } from 'zod'
import { readFactorConfigs } from '../../operations/factor-configs.ts'
import { sampleFile } from '../../operations/sample-file.ts'
import { parametersRefused } from '../../refusal.ts'
import type { Endpoint } from '../endpoint.ts'
import { FACTOR_CONFIGS, factorConfigNaming } from './enrollment-upload.ts'

const QUERY = z.object({ factor_configs: FACTOR_CONFIGS })

/**
 * `GET /protection/quick-enrollment/sample-csv`: the header that upload-csv wants for exactly these
 * `factor_configs` (in any of the four forms), and two rows that it accepts. The users they are
 * about are examples: whoever uploads the file as it is gets failed rows unless they exist.
 */
export const sampleCsv: Endpoint = {
  summary: 'Download a sample CSV for factor configs',
  query: QUERY,
  answers: { 200: { description: 'A header and two rows.', content: { 'text/csv': 'binary' } } },
  async handler({ pool }, { query, caller }) {
    const values = [...query.getAll('factor_configs'), ...query.getAll('factor_configs[]')]
    const mistakes: string[] = []
    const naming = factorConfigNaming('QUICK_ENROLLMENT')
    const configs = await readFactorConfigs(pool, caller.tenantId, values, naming, mistakes)
    const refused = parametersRefused(mistakes)
    if (refused !== null) throw refused
    return sampleFile('QUICK_ENROLLMENT', quickEnrollmentOptions(configs, false))
  },
}
