import { findJob, firstJobFailures, type Job } from '@muster/database'
import { Refusal } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import { type Answer, type ApiRequest, json } from '../route.ts'
import { FAILURES_SHOWN, jobJson } from './job.ts'

/** `GET /jobs/{id}`: one job with its first failed rows. */
export async function getJob(services: Services, request: ApiRequest): Promise<Answer> {
  const job = await jobOf(services, request)
  const failures = await firstJobFailures(services.pool, request.caller.tenantId, job.id, FAILURES_SHOWN)
  return json(200, {
    data: jobJson(job, failures),
    links: { failed_rows: { href: `/jobs/${job.id}/failed-rows` } },
  })
}

/** The job that the path names. Throws a Refusal when the caller's tenant has none of that id. */
export async function jobOf({ pool }: Services, { params, caller }: ApiRequest): Promise<Job> {
  const id = params['id'] ?? ''
  const job = /^\d{1,18}$/.test(id) ? await findJob(pool, caller.tenantId, id) : null
  if (job !== null) return job
  throw noSuchJob()
}

export function noSuchJob(): Refusal {
  return new Refusal('not-found', 'There is no job of this id; GET /jobs lists those there are.')
}
