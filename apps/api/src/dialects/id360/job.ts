import { type RowMistake, rowMessage } from '@muster/contracts'
import type { Job, JobFailure } from '@muster/database'

/** What every job here says it is. Operations of other types are not jobs of this dialect. */
export const MODULE = 'Protection'
export const ACTION_NAME = 'Quick Enrollment'

/** Failed rows that a job tells by itself; the rest are in its failed-rows file. */
export const FAILURES_SHOWN = 100

/**
 * A job's JSON. Times are ISO 8601 UTC with milliseconds, absent when not known; `total` is null
 * until the rows are counted; `message` is there when the job failed as a whole. `result` has one
 * entry a failed row, its `id` the row's number; it is absent where failures are not asked for.
 */
export function jobJson(job: Job, failures?: readonly JobFailure[]) {
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

function resultJson({ row, mistakes }: JobFailure) {
  return { id: String(row), status: 'ERROR', message: mistakes.map(mistakeMessage).join(' ') }
}

function mistakeMessage(mistake: RowMistake): string {
  const message = rowMessage(mistake)
  return mistake.column === null ? message : `${mistake.column}: ${message}`
}
