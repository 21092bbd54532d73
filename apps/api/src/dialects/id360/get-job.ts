import { findJob, firstJobFailures, type Job } from '@muster/database'
import { z } from 'zod'
import { Refusal } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import type { Endpoint } from '../endpoint.ts'
import { type ApiRequest, json } from '../route.ts'
import { FAILURES_SHOWN, JOB, jobJson, LINK } from './job.ts'

const FOUND = z.object({ data: JOB, links: z.object({ failed_rows: LINK }) })

/** `GET /jobs/{id}`: one job with its first failed rows. */
export const getJob: Endpoint = {
  summary: 'Read a job',
  answers: { 200: { description: 'The job, with its first failed rows.', content: { 'application/json': FOUND } } },
  async handler(services, request) {
    const job = await jobOf(services, request)
    const failures = await firstJobFailures(services.pool, request.caller.tenantId, job.id, FAILURES_SHOWN)
    return json(200, {
      data: jobJson(job, failures),
      links: { failed_rows: { href: `/jobs/${job.id}/failed-rows` } },
    })
  },
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
