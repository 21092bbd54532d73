import { type JobCondition, type JobPage, listJobs as readJobs } from '@muster/database'
import { z } from 'zod'
import { parametersRefused } from '../../refusal.ts'
import type { Endpoint } from '../endpoint.ts'
import { json } from '../route.ts'
import { JOB, jobJson, LINK } from './job.ts'
import { FilterRefused, parseJobFilter } from './job-filter.ts'

const DEFAULT_LIMIT = 25
const MAX_LIMIT = 100

/** Offsets end here and job ids begin far beyond. */
const MAX_OFFSET = 1_000_000n

const QUERY = z.object({
  limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  filter: z
    .string()
    .optional()
    .describe('A SCIM filter (RFC 7644, 3.4.2.2) over `status`, `module`, `action_name` and `start_time`.'),
  from: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .describe('The id of the first job, as `links.next` has it; a number up to 1000000 leaves out so many jobs.'),
})

const PAGE = z.object({ data: z.array(JOB), links: z.object({ next: LINK.optional() }) })

/**
 * `GET /jobs`: the tenant's jobs, newest first, without their failed rows.
 *
 * - `limit`: 1 to 100 jobs, 25 unless given.
 * - `filter`: see `parseJobFilter`.
 * - `from`: the id of the page's first job. `links.next` uses it, so that pages neither repeat nor
 *   miss a job while new ones arrive. A number up to 1,000,000 is no job's id: it leaves out that
 *   many jobs, which clients of the vendor's API expect, and which shifts when a job arrives.
 *
 * `links.next` is there when there are more.
 */
export const listJobs: Endpoint = {
  summary: 'List the jobs, newest first',
  query: QUERY,
  answers: {
    200: { description: 'A page of them, without their failed rows.', content: { 'application/json': PAGE } },
  },
  async handler({ pool }, { query, caller }) {
    const page = parsePage(query)
    const jobs = await readJobs(pool, caller.tenantId, { ...page, limit: page.limit + 1 })
    const after = jobs[page.limit]
    return json(200, {
      data: jobs.slice(0, page.limit).map((job) => jobJson(job)),
      links: after === undefined ? {} : { next: { href: nextHref(query, page.limit, after.id) } },
    })
  },
}

function nextHref(query: URLSearchParams, limit: number, from: string): string {
  const filter = query.get('filter')
  const next = new URLSearchParams({ limit: String(limit), from, ...(filter === null ? {} : { filter }) })
  return `/jobs?${next}`
}

function parsePage(query: URLSearchParams): JobPage {
  const mistakes: string[] = []
  const page = {
    limit: parseLimit(query.get('limit'), mistakes),
    ...parseFrom(query.get('from'), mistakes),
    condition: parseFilter(query.get('filter'), mistakes),
  }
  for (const name of ['limit', 'from', 'filter']) {
    if (query.getAll(name).length > 1) mistakes.push(`${name} is given more than once; give it once.`)
  }
  const refused = parametersRefused(mistakes)
  if (refused !== null) throw refused
  return page
}

function parseLimit(text: string | null, mistakes: string[]): number {
  const limit = text === null ? DEFAULT_LIMIT : /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > MAX_LIMIT) mistakes.push(`limit takes a whole number from 1 to ${MAX_LIMIT}.`)
  return limit
}

function parseFrom(text: string | null, mistakes: string[]): Pick<JobPage, 'fromId' | 'skip'> {
  if (text === null) return { fromId: null, skip: 0 }
  if (!/^\d{1,18}$/.test(text)) {
    mistakes.push('from takes the id of the first job wanted, or a number of jobs to leave out.')
    return { fromId: null, skip: 0 }
  }
  return BigInt(text) <= MAX_OFFSET ? { fromId: null, skip: Number(text) } : { fromId: text, skip: 0 }
}

function parseFilter(text: string | null, mistakes: string[]): JobCondition | null {
  if (text === null || text.trim() === '') return null
  try {
    return parseJobFilter(text)
  } catch (error) {
    if (!(error instanceof FilterRefused)) throw error
    mistakes.push(error.message)
    return null
  }
}
