import { createGroup as insertGroup, listGroups as readGroups } from '@muster/database'
import { z } from 'zod'
import { parametersRefused, Refusal } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import { type Answer, type ApiRequest, json } from '../route.ts'
import { name, parseBody } from './request-body.ts'

const GROUP = z.strictObject({ name }, 'expected an object')

const PAGE = 100

/** `GET /v1/groups?after=`: the tenant's groups by name, 100 at a time; `next` continues the list, null at its end. */
export async function listGroups({ pool }: Services, { query, caller }: ApiRequest): Promise<Answer> {
  const after = query.get('after') ?? ''
  if (after.includes('\0')) throw parametersRefused(['after takes the name of a group.'])
  const groups = await readGroups(pool, caller.tenantId, { after, limit: PAGE + 1 })
  const page = groups.slice(0, PAGE)
  const last = groups.length > PAGE ? page.at(-1) : undefined
  return json(200, {
    groups: page,
    next: last === undefined ? null : `/v1/groups?${new URLSearchParams({ after: last.name })}`,
  })
}

/** `POST /v1/groups`: `{ name }`. */
export async function createGroup({ pool }: Services, request: ApiRequest): Promise<Answer> {
  const group = parseBody(GROUP, await request.json())
  const created = await insertGroup(pool, request.caller.tenantId, group.name)
  if (created === null) throw new Refusal('conflict', 'There is a group of this name already; choose another name.')
  return json(201, created)
}
