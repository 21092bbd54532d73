import { isEnded } from '@muster/contracts'
import { type OperationRecord, queuePlace } from '@muster/database'
import { z } from 'zod'
import type { Services } from '../../../services.ts'
import type { Endpoint } from '../../endpoint.ts'
import { type Answer, type ApiRequest, json } from '../../route.ts'
import { awaitNews } from './await-news.ts'
import { entityTag, isAmong } from './entity-tag.ts'
import { operationJson, SINGLE_OPERATION } from './operation-json.ts'
import { operationOf } from './operation-of.ts'
import { preferredWait } from './preferred-wait.ts'

const HEADERS = z.object({
  Prefer: z
    .string()
    .optional()
    .describe('`wait=20` (RFC 7240), 1 to 60 seconds: waits for its end or, with If-None-Match, for any change.'),
  'If-None-Match': z.string().optional().describe('The ETag of what is known already.'),
})

/** An operation as it is told at one moment. */
interface Representation {
  readonly operation: OperationRecord
  readonly body: z.infer<typeof SINGLE_OPERATION>
  readonly etag: string
}

/** `GET /v1/operations/{id}`, at once or, with `Prefer: wait`, when there is something to tell. */
export const getOperation: Endpoint = {
  summary: 'Read an operation',
  details:
    'With `Prefer: wait=20` the answer comes when the operation has ended or, with `If-None-Match`, as soon as it' +
    ' differs from that; after the wait at the latest. Where too many wait already, the preference is not applied and' +
    ' `Preference-Applied` is missing.',
  headers: HEADERS,
  answers: {
    200: { description: 'The operation.', content: { 'application/json': SINGLE_OPERATION } },
    304: { description: 'It does not differ from what the ETag stands for.' },
  },
  async handler(services, request) {
    const known = request.header('if-none-match')
    const now = await represent(services, request)
    const wait = preferredWait(request.header('prefer'))
    if (wait === null) return answer(now, known, {})
    const applied = { 'Preference-Applied': `wait=${wait}` }
    if (isToTell(now, known)) return answer(now, known, applied)
    const watch = services.hub.watch(now.operation.tenantId, now.operation.number, request.signal)
    if (watch === null) return answer(now, known, {})
    try {
      const until = performance.now() + wait * 1_000
      for await (const _ of awaitNews(watch, { until, of: known === null ? 'end' : 'change' })) {
        const then = await represent(services, request)
        if (isToTell(then, known)) return answer(then, known, applied)
      }
      return answer(await represent(services, request), known, applied)
    } finally {
      watch.stop()
    }
  },
}

async function represent(services: Services, request: ApiRequest): Promise<Representation> {
  const operation = await operationOf(services, request)
  const queue = await queuePlace(services.pool, operation, services.limits.operationsInFlight)
  const body = { ...operationJson(services, operation), queue }
  return { operation, body, etag: entityTag(body) }
}

/** Whether a client that waits, and knows what has the entity tags `known`, is to wait no longer. */
function isToTell({ operation, etag }: Representation, known: string | null): boolean {
  return isEnded(operation.state) || (known !== null && !isAmong(etag, known))
}

function answer({ body, etag }: Representation, known: string | null, applied: Record<string, string>): Answer {
  const headers = { ETag: etag, Vary: 'Prefer', 'Cache-Control': 'private, no-cache', ...applied }
  return known !== null && isAmong(etag, known) ? { status: 304, headers, body: '' } : json(200, body, headers)
}
