import type { Services } from '../../services.ts'
import type { Answer, ApiRequest, Dialect, Method } from '../route.ts'
import { id360Refusal } from './errors.ts'
import { failedRows } from './failed-rows.ts'
import { getJob } from './get-job.ts'
import { listJobs } from './list-jobs.ts'
import { sampleCsv } from './sample-csv.ts'
import { grants, type Id360Permission } from './scopes.ts'
import { uploadCsv } from './upload-csv.ts'

interface Endpoint {
  readonly method: Method
  readonly path: string
  readonly permission: Id360Permission
  readonly handler: (services: Services, request: ApiRequest) => Promise<Answer>
}

const ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'post',
    path: '/protection/quick-enrollment/upload-csv',
    permission: 'id360.quick_enrollment.CREATE',
    handler: uploadCsv,
  },
  {
    method: 'get',
    path: '/protection/quick-enrollment/sample-csv',
    permission: 'id360.quick_enrollment.READ',
    handler: sampleCsv,
  },
  { method: 'get', path: '/jobs', permission: 'id360.job.READ', handler: listJobs },
  { method: 'get', path: '/jobs/:id', permission: 'id360.job.READ', handler: getJob },
  { method: 'get', path: '/jobs/:id/failed-rows', permission: 'id360.job.READ', handler: failedRows },
]

/** The quick-enrollment API in the words of ManageEngine Identity360's. */
export function id360Dialect(services: Services): Dialect {
  return {
    basePath: '/api/v1',
    schemes: ['Zoho-oauthtoken', 'Bearer'],
    routes: ENDPOINTS.map(({ handler, ...route }) => ({
      ...route,
      handler: (request: ApiRequest) => handler(services, request),
    })),
    permits: grants,
    refuse: id360Refusal,
  }
}
