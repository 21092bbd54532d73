import { OPERATION_STATES, OPERATION_TYPES } from '@muster/contracts'
import { OPERATION_SORTS, type OperationListing, listOperations as readOperations } from '@muster/database'
import { z } from 'zod'
import { parametersRefused } from '../../../refusal.ts'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { readQuery } from '../read-query.ts'
import { readCursor, writeCursor } from './list-cursor.ts'
import { OPERATION, operationJson } from './operation-json.ts'

const MAX_LIMIT = 100

const several = (known: readonly string[]) => {
  const one = `(${known.join('|')})`
  return z
    .string()
    .regex(new RegExp(`^${one}(,${one})*$`), `expected one or more of ${known.join(', ')}, separated by commas`)
    .optional()
}

const text = z.string().regex(/^\P{Cc}+$/u, 'expected text without control characters')

const instant = z.iso.datetime({
  offset: true,
  error: 'expected a time with its offset from UTC, like 2026-04-01T00:00:00Z',
})

const limit = `expected a whole number from 1 to ${MAX_LIMIT}`

const QUERY = z.object({
  state: several(OPERATION_STATES),
  type: several(OPERATION_TYPES),
  name: text.optional().describe('A part of the name, whatever its case.'),
  createdFrom: instant.optional().describe('Made then or later.'),
  createdTo: instant.optional().describe('Made then or earlier.'),
  createdBy: text.optional().describe("The token's subject."),
  paused: z.enum(['true', 'false'], 'expected true or false').optional(),
  retryOf: z.uuid('expected the id of an operation').optional().describe('The operation whose rows they run again.'),
  sort: z
    .enum(
      OPERATION_SORTS.flatMap((sort) => [sort, `-${sort}`]),
      `expected one of ${OPERATION_SORTS.join(', ')}, with - before it for the opposite order`,
    )
    .default('-number')
    .describe(
      'Those that are equal in it are in the order of their numbers. What has not ended comes after all that has.',
    ),
  limit: z.coerce.number(limit).int(limit).min(1, limit).max(MAX_LIMIT, limit).default(25),
  cursor: z
    .string()
    .optional()
    .describe("From `next` of the page before; good with that page's other parameters alone."),
})

const PAGE = z.object({
  operations: z.array(OPERATION),
  total: z.int().min(0).describe('All that meet the filter, on whichever page.'),
  next: z.string().nullable().describe("The next page's path; null when there are no more."),
})

/** `GET /v1/operations`: the tenant's operations, filtered and in order, page by page. */
export const listOperations: Endpoint = {
  summary: 'List operations',
  query: QUERY,
  answers: { 200: { description: 'A page of them.', content: { 'application/json': PAGE } } },
  async handler(services, { query, caller }) {
    const asked = readQuery(QUERY, query)
    const listing = listingOf(asked)
    const page = await readOperations(services.pool, caller.tenantId, {
      ...listing,
      after: placeOf(listing, asked.cursor),
      limit: asked.limit,
    })
    return json(200, {
      operations: page.operations.map((operation) => operationJson(services, operation)),
      total: page.total,
      next: page.last && nextPath(query, writeCursor(listing, page.last)),
    })
  },
}

function listingOf(asked: z.infer<typeof QUERY>): Pick<OperationListing, 'filter' | 'sort' | 'descending'> {
  const { state, type, createdFrom, createdTo, paused } = asked
  const sort = OPERATION_SORTS.find((each) => each === asked.sort.replace('-', ''))
  if (sort === undefined) throw new Error('the schema lets no other sort through')
  return {
    filter: {
      states: state === undefined ? null : OPERATION_STATES.filter((each) => state.split(',').includes(each)),
      types: type === undefined ? null : OPERATION_TYPES.filter((each) => type.split(',').includes(each)),
      name: asked.name ?? null,
      createdFrom: createdFrom === undefined ? null : new Date(createdFrom),
      createdTo: createdTo === undefined ? null : new Date(createdTo),
      createdBy: asked.createdBy ?? null,
      paused: paused === undefined ? null : paused === 'true',
      retryOf: asked.retryOf ?? null,
    },
    sort,
    descending: asked.sort.startsWith('-'),
  }
}

function placeOf(listing: ReturnType<typeof listingOf>, cursor: string | undefined): OperationListing['after'] {
  if (cursor === undefined) return null
  const place = readCursor(listing, cursor)
  if (place !== null) return place
  throw parametersRefused(['cursor: it belongs to another filter or sort; begin again without it.'])
}

function nextPath(query: URLSearchParams, cursor: string): string {
  const next = new URLSearchParams(query)
  next.set('cursor', cursor)
  return `/v1/operations?${next}`
}
