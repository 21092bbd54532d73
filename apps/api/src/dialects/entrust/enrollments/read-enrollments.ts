import { searchRecords } from '@muster/database'
import { z } from 'zod'
import { checkSearchedFields } from '../../../enrollments/check-fields.ts'
import { parametersRefused } from '../../../refusal.ts'
import type { Endpoint } from '../../endpoint.ts'
import { readQuery } from '../../native/read-query.ts'
import { hasBody } from '../../native/request-body.ts'
import { jsonArray } from '../operations/json-array.ts'
import { designOf } from './design-of.ts'
import { ENROLLMENT_RESPONSE, recordResponse } from './enrollment-response.ts'
import { FIELDS, readBody } from './request-body.ts'

const MOST = 1_000

/** Records before a page: those must be counted off one by one. */
const MOST_BEFORE = 10_000_000

const number = (most: number, usual: number) => {
  const expected = `expected a whole number from 1 to ${most}`
  return z
    .string()
    .regex(/^\d{1,8}$/, expected)
    .transform(Number)
    .refine((value) => value >= 1 && value <= most, expected)
    .default(usual)
}

const QUERY = z.object({
  offset: number(MOST_BEFORE, 1).describe('The number of the page, from 1.'),
  limit: number(MOST, 50).describe('Records of a page.'),
})

/** `POST /v2/enrollments/read/{enrollmentDesignName}?offset=&limit=`: `[{ name, value }]`. */
export const readEnrollments: Endpoint = {
  summary: 'Read enrollments of a design, a page at a time',
  details:
    'The records that have all the values given, whatever the spelling of a date or number; all of the design when none are given. In the order in which they were made.',
  query: QUERY,
  body: { 'application/json': FIELDS },
  answers: {
    200: { description: 'The page.', content: { 'application/json': z.array(ENROLLMENT_RESPONSE) } },
  },
  async handler(services, request) {
    const { offset, limit } = readQuery(QUERY, request.query)
    const skip = (offset - 1) * limit
    if (skip > MOST_BEFORE) throw parametersRefused([`offset: pages end after ${MOST_BEFORE} records; search instead.`])
    const given = hasBody(request) ? await readBody(FIELDS, request) : []
    const design = await designOf(services, request, 'enrollmentDesignName')
    const { values, mistakes } = checkSearchedFields(design.fields, given)
    const refused = parametersRefused(mistakes)
    if (refused !== null) throw refused
    const search = { fields: values, skip, limit }
    const records = await searchRecords(services.pool, request.caller.tenantId, design, search)
    return {
      status: 200,
      headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' },
      body: jsonArray(records, (record) => recordResponse(design, record)),
    }
  },
}
