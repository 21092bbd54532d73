/** A change that can be made by the dashboard. */
export interface Change {
  readonly method: 'post' | 'put' | 'patch'
  /** Express's pattern; its parameters are `queue`, `job`, `scheduler`, `operation` and `status`. */
  readonly path: string
  /** As it is told in the audit. */
  readonly action: string
}

const QUEUE = '/queues/api/queues/:queue'
const JOB = `${QUEUE}/:job`
const SCHEDULER = `${QUEUE}/job-schedulers/:scheduler`

/** All of them, of each address in the order in which Bull Board tries its routes. What is not here is told as `other`. */
export const CHANGES: readonly Change[] = [
  { method: 'post', path: '/operations/:operation/pause', action: 'operation.pause' },
  { method: 'post', path: '/operations/:operation/resume', action: 'operation.resume' },
  { method: 'post', path: '/operations/:operation/cancel', action: 'operation.cancel' },
  { method: 'post', path: '/sign-out', action: 'sign-out' },
  { method: 'put', path: '/queues/api/queues/pause', action: 'queues.pause' },
  { method: 'put', path: '/queues/api/queues/resume', action: 'queues.resume' },
  { method: 'post', path: `${QUEUE}/add`, action: 'job.add' },
  { method: 'put', path: `${QUEUE}/retry/:status`, action: 'queue.retry' },
  { method: 'put', path: `${QUEUE}/promote`, action: 'queue.promote' },
  { method: 'put', path: `${QUEUE}/clean/:status`, action: 'queue.clean' },
  { method: 'put', path: `${QUEUE}/pause`, action: 'queue.pause' },
  { method: 'put', path: `${QUEUE}/resume`, action: 'queue.resume' },
  { method: 'put', path: `${QUEUE}/concurrency`, action: 'queue.concurrency' },
  { method: 'put', path: `${QUEUE}/rate-limit`, action: 'queue.rate-limit' },
  { method: 'put', path: `${QUEUE}/rate-limit/release`, action: 'queue.rate-limit-release' },
  { method: 'put', path: `${QUEUE}/empty`, action: 'queue.empty' },
  { method: 'put', path: `${QUEUE}/obliterate`, action: 'queue.obliterate' },
  { method: 'put', path: `${SCHEDULER}/remove`, action: 'scheduler.remove' },
  { method: 'patch', path: SCHEDULER, action: 'scheduler.update' },
  { method: 'put', path: `${SCHEDULER}/run`, action: 'scheduler.run' },
  { method: 'put', path: `${JOB}/retry`, action: 'job.retry' },
  { method: 'put', path: `${JOB}/clean`, action: 'job.remove' },
  { method: 'put', path: `${JOB}/promote`, action: 'job.promote' },
  { method: 'patch', path: `${JOB}/update-data`, action: 'job.update-data' },
  { method: 'patch', path: `${JOB}/delay`, action: 'job.delay' },
  { method: 'patch', path: `${JOB}/priority`, action: 'job.priority' },
  { method: 'put', path: `${JOB}/remove-unprocessed-children`, action: 'job.remove-children' },
]
