import { type RowMistake, rowMessage } from '@muster/contracts'
import { JOB_STATUSES, type Job, type JobFailure } from '@muster/database'
import { z } from 'zod'

/** What every job here says it is. Operations of other types are not jobs of this dialect. */
export const MODULE = 'Protection'
export const ACTION_NAME = 'Quick Enrollment'

/** Failed rows that a job tells by itself; the rest are in its failed-rows file. */
export const FAILURES_SHOWN = 100

const rows = z.int().min(0)
const time = z.iso.datetime().optional()

/** A job as the dialect tells it. */
export const JOB = z
  .object({
    id: z.string(),
    action_name: z.literal(ACTION_NAME),
    module: z.literal(MODULE),
    status: z.enum(JOB_STATUSES),
    message: z.string().optional().describe('Why the job failed as a whole.'),
    start_time: time,
    end_time: time,
    details: z.object({
      entity: z.literal('user'),
      total: rows.nullable().describe('Null until the rows are counted.'),
      succeeded: rows,
      unchanged: rows,
      failed: rows,
      result: z
        .array(
          z.object({ id: z.string().describe("The row's number."), status: z.literal('ERROR'), message: z.string() }),
        )
        .max(FAILURES_SHOWN)
        .optional()
        .describe('The first failed rows; not in the list of jobs.'),
    }),
  })
  .meta({ id: 'Job' })

/** A link, its path under the dialect's base path. */
export const LINK = z.object({ href: z.string() }).meta({ id: 'Link' })

/**
 * A job's JSON. Times are ISO 8601 UTC with milliseconds, absent when not known; `total` is null
 * until the rows are counted; `message` is there when the job failed as a whole. `result` has one
 * entry a failed row, its `id` the row's number; it is absent where failures are not asked for.
 */
export function jobJson(job: Job, failures?: readonly JobFailure[]): z.infer<typeof JOB> {
  return {
    id: job.id,
    action_name: ACTION_NAME,
    module: MODULE,
    status: job.status,
    ...(job.fault === null ? {} : { message: job.fault }),
    ...(job.startedAt === null ? {} : { start_time: job.startedAt.toISOString() }),
    ...(job.endedAt === null ? {} : { end_time: job.endedAt.toISOString() }),
    details: {
      entity: 'user',
      total: job.total,
      succeeded: job.succeeded,
      unchanged: job.unchanged,
      failed: job.failed,
      ...(failures === undefined ? {} : { result: failures.map(resultJson) }),
    },
  }
}

function resultJson({ row, mistakes }: JobFailure): { id: string; status: 'ERROR'; message: string } {
  return { id: String(row), status: 'ERROR', message: mistakes.map(mistakeMessage).join(' ') }
}

function mistakeMessage(mistake: RowMistake): string {
  const message = rowMessage(mistake)
  return mistake.column === null ? message : `${mistake.column}: ${message}`
}
