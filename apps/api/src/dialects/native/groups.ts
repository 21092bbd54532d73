import { createGroup as insertGroup, listGroups as readGroups } from '@muster/database'
import { z } from 'zod'
import { parametersRefused, Refusal } from '../../refusal.ts'
import type { Endpoint } from '../endpoint.ts'
import { json } from '../route.ts'
import { name, parseBody } from './request-body.ts'

const GROUP = z.strictObject({ name }, 'expected an object')

const PAGE = 100

const LISTED = z.object({ name: z.string() }).loose().meta({ id: 'Group' })

const QUERY = z.object({ after: z.string().optional().describe('Groups that come after this name.') })

/** `GET /v1/groups?after=`: the tenant's groups by name, 100 at a time; `next` continues the list, null at its end. */
export const listGroups: Endpoint = {
  summary: 'List the groups by name',
  query: QUERY,
  answers: {
    200: {
      description: 'At most 100 of them.',
      content: { 'application/json': z.object({ groups: z.array(LISTED), next: z.string().nullable() }) },
    },
  },
  async handler({ pool }, { query, caller }) {
    const after = query.get('after') ?? ''
    if (after.includes('\0')) throw parametersRefused(['after takes the name of a group.'])
    const groups = await readGroups(pool, caller.tenantId, { after, limit: PAGE + 1 })
    const page = groups.slice(0, PAGE)
    const last = groups.length > PAGE ? page.at(-1) : undefined
    return json(200, {
      groups: page,
      next: last === undefined ? null : `/v1/groups?${new URLSearchParams({ after: last.name })}`,
    })
  },
}

/** `POST /v1/groups`: `{ name }`. */
export const createGroup: Endpoint = {
  summary: 'Create a group',
  body: { 'application/json': GROUP },
  answers: { 201: { description: 'The group.', content: { 'application/json': LISTED } } },
  async handler({ pool }, request) {
    const group = parseBody(GROUP, await request.json())
    const created = await insertGroup(pool, request.caller.tenantId, group.name)
    if (created === null) throw new Refusal('conflict', 'There is a group of this name already; choose another name.')
    return json(201, created)
  },
}
