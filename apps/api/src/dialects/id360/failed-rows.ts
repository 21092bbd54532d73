import { findOperation } from '@muster/database'
import { failedRowsFile } from '../../operations/failed-rows-file.ts'
import type { Services } from '../../services.ts'
import type { Answer, ApiRequest } from '../route.ts'
import { jobOf, noSuchJob } from './get-job.ts'

/** `GET /jobs/{id}/failed-rows`: the rows that failed so far, the same CSV as the native dialect's. */
export async function failedRows(services: Services, request: ApiRequest): Promise<Answer> {
  const job = await jobOf(services, request)
  const operation = await findOperation(services.pool, request.caller.tenantId, job.operationId)
  if (operation === null) throw noSuchJob()
  return failedRowsFile(services, operation)
}
