import { type InstantOperator, JOB_STATUSES, type JobCondition } from '@muster/database'
import { type Filter, parse } from 'scim2-parse-filter'
import { ACTION_NAME, MODULE } from './job.ts'

/** The filter cannot be used; the message tells which part of it, and what would do. */
export class FilterRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'FilterRefused'
  }
}

type Compare = Extract<Filter, { compValue: unknown }>

const LONGEST = 2_000

/** Comparisons of text, both sides in lower case: none of the attributes is case-exact (RFC 7643 §2.2). */
const TEXT_OPERATORS: Readonly<Record<Compare['op'], (actual: string, wanted: string) => boolean>> = {
  eq: (actual, wanted) => actual === wanted,
  ne: (actual, wanted) => actual !== wanted,
  co: (actual, wanted) => actual.includes(wanted),
  sw: (actual, wanted) => actual.startsWith(wanted),
  ew: (actual, wanted) => actual.endsWith(wanted),
  gt: (actual, wanted) => actual > wanted,
  ge: (actual, wanted) => actual >= wanted,
  lt: (actual, wanted) => actual < wanted,
  le: (actual, wanted) => actual <= wanted,
}

const INSTANT_OPERATORS: readonly string[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] satisfies InstantOperator[]

/** RFC 3339 with an offset: without one the instant would depend on where the server stands. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i

/**
 * Reads a SCIM filter (RFC 7644 §3.4.2.2) over `status`, `module`, `action_name` and `start_time`.
 * Names, operators and text are compared without regard to case. Throws `FilterRefused`.
 */
export function parseJobFilter(filter: string): JobCondition {
  if (filter.length > LONGEST) {
    throw new FilterRefused(`The filter has ${filter.length} characters; at most ${LONGEST} are read.`)
  }
  return toCondition(parseScim(filter))
}

function parseScim(filter: string): Filter {
  try {
    return parse(filter)
  } catch {
    throw notScim() // the parser's own words name its tokens, not what to do
  }
}

function notScim(): FilterRefused {
  return new FilterRefused(
    'The filter is not a SCIM filter (RFC 7644, 3.4.2.2); write it like status eq "COMPLETED" and module eq "Protection".',
  )
}

function toCondition(filter: Filter): JobCondition {
  switch (filter.op) {
    case 'and':
    case 'or':
      return { kind: filter.op, conditions: filter.filters.map(toCondition) }
    case 'not':
      return { kind: 'not', condition: toCondition(filter.filter) }
    case '[]':
      throw new FilterRefused(`The filter uses ${filter.attrPath}[…]; jobs have no such attribute.`)
    case 'pr':
      return presence(filter.attrPath)
    default:
      // The parser takes names of JavaScript's own, such as constructor, for joining words.
      if (!Object.hasOwn(TEXT_OPERATORS, filter.op)) throw notScim()
      return comparison(filter)
  }
}

function presence(attribute: string): JobCondition {
  return attributeOf(attribute) === 'start_time' ? { kind: 'started' } : { kind: 'always' }
}

function comparison(filter: Compare): JobCondition {
  const attribute = attributeOf(filter.attrPath)
  if (attribute === 'start_time') return startComparison(filter)
  if (attribute === 'status') {
    return { kind: 'status', among: JOB_STATUSES.filter((status) => textMeets(status, filter)) }
  }
  const constant = attribute === 'module' ? MODULE : ACTION_NAME
  return { kind: textMeets(constant, filter) ? 'always' : 'never' }
}

function textMeets(actual: string, { op, attrPath, compValue }: Compare): boolean {
  if (typeof compValue !== 'string') {
    throw new FilterRefused(`The filter compares ${attrPath} with something that is no text; put it in double quotes.`)
  }
  return TEXT_OPERATORS[op](actual.toLowerCase(), compValue.toLowerCase())
}

function startComparison({ op, compValue }: Compare): JobCondition {
  if (!isInstantOperator(op)) {
    throw new FilterRefused(`The filter uses ${op} with start_time; a time takes eq, ne, gt, ge, lt, le and pr.`)
  }
  const instant = typeof compValue === 'string' && INSTANT.test(compValue) ? new Date(compValue) : null
  if (instant === null || Number.isNaN(instant.getTime())) {
    throw new FilterRefused(
      'The filter compares start_time with something that is no time; write it like "2025-04-04T13:12:13.000Z".',
    )
  }
  return { kind: 'start', operator: op, instant }
}

function isInstantOperator(op: string): op is InstantOperator {
  return INSTANT_OPERATORS.includes(op)
}

const ATTRIBUTES = ['status', 'module', 'action_name', 'start_time'] as const

function attributeOf(name: string): (typeof ATTRIBUTES)[number] {
  const attribute = ATTRIBUTES.find((known) => known === name.toLowerCase())
  if (attribute !== undefined) return attribute
  throw new FilterRefused(`The filter uses ${name}; jobs are filtered by ${ATTRIBUTES.join(', ')}.`)
}
