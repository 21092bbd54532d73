import type { Services } from '../../services.ts'
import type { Endpoint } from '../endpoint.ts'
import { idempotent } from '../idempotency/idempotent.ts'
import type { ApiRequest, Dialect, Method, Route } from '../route.ts'
import { ID360_ERROR, id360Refusal } from './errors.ts'
import { failedRows } from './failed-rows.ts'
import { getJob } from './get-job.ts'
import { listJobs } from './list-jobs.ts'
import { sampleCsv } from './sample-csv.ts'
import { grants, type Id360Permission } from './scopes.ts'
import { uploadCsv } from './upload-csv.ts'
import { uploadSmartcards } from './upload-smartcards.ts'

interface Id360Route {
  readonly method: Method
  readonly path: string
  readonly permission: Id360Permission
  readonly endpoint: Endpoint
}

const ROUTES: readonly Id360Route[] = [
  {
    method: 'post',
    path: '/protection/quick-enrollment/upload-csv',
    permission: 'id360.quick_enrollment.CREATE',
    endpoint: uploadCsv,
  },
  {
    method: 'post',
    path: '/protection/quick-enrollment/upload-smartcards',
    permission: 'id360.quick_enrollment.CREATE',
    endpoint: uploadSmartcards,
  },
  {
    method: 'get',
    path: '/protection/quick-enrollment/sample-csv',
    permission: 'id360.quick_enrollment.READ',
    endpoint: sampleCsv,
  },
  { method: 'get', path: '/jobs', permission: 'id360.job.READ', endpoint: listJobs },
  { method: 'get', path: '/jobs/:id', permission: 'id360.job.READ', endpoint: getJob },
  { method: 'get', path: '/jobs/:id/failed-rows', permission: 'id360.job.READ', endpoint: failedRows },
]

/** The quick-enrollment API in the words of ManageEngine Identity360's. */
export function id360Dialect(services: Services): Dialect {
  return {
    title: 'ID360',
    description:
      "Quick enrollment in the words of ManageEngine Identity360's API. Scopes are compared without regard to case; `Zoho-oauthtoken` does as well as `Bearer`.",
    basePath: '/api/v1',
    schemes: ['Zoho-oauthtoken', 'Bearer'],
    routes: ROUTES.map(({ endpoint, ...route }): Route => {
      const { handler, ...description } = route.method === 'post' ? idempotent(endpoint, id360Refusal) : endpoint
      return { ...route, description, handler: (request: ApiRequest) => handler(services, request) }
    }),
    permits: grants,
    refuse: id360Refusal,
    errors: { 'application/json': ID360_ERROR },
  }
}
