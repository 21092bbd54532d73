/** How an operation's state is told in the ID360 dialect. */
export const JOB_STATUSES = ['QUEUED', 'RUNNING', 'COMPLETED', 'WARNING', 'ERROR'] as const

export type JobStatus = (typeof JOB_STATUSES)[number]

export type InstantOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'

/** Which jobs are wanted. A comparison with a start that is not known yet is false, but for `ne`. */
export type JobCondition =
  | { readonly kind: 'always' | 'never' }
  | { readonly kind: 'status'; readonly among: readonly JobStatus[] }
  | { readonly kind: 'start'; readonly operator: InstantOperator; readonly instant: Date }
  | { readonly kind: 'started' }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly JobCondition[] }
  | { readonly kind: 'not'; readonly condition: JobCondition }

const INSTANT_SQL: Readonly<Record<InstantOperator, string>> = {
  eq: 'is not distinct from',
  ne: 'is distinct from',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
}

/**
 * The condition over `s.status` and `o.started_at`, its values appended to `parameters`.
 * It is never null, so that `not` means the opposite.
 */
export function jobConditionSql(condition: JobCondition, parameters: unknown[]): string {
  switch (condition.kind) {
    case 'always':
      return 'true'
    case 'never':
      return 'false'
    case 'status':
      return `s.status = any($${parameters.push(condition.among)}::text[])`
    case 'started':
      return 'o.started_at is not null'
    case 'start': {
      const operator = INSTANT_SQL[condition.operator]
      // Clients see milliseconds, so that is what they compare.
      const start = `date_trunc('milliseconds', o.started_at)`
      return `coalesce(${start} ${operator} $${parameters.push(condition.instant)}::timestamptz, false)`
    }
    case 'not':
      return `not ${jobConditionSql(condition.condition, parameters)}`
    default:
      return `(${condition.conditions.map((part) => jobConditionSql(part, parameters)).join(` ${condition.kind} `)})`
  }
}
