import { watchedOperations } from '@muster/database'
import { z } from 'zod'
import { parametersRefused, Refusal } from '../../../refusal.ts'
import type { Endpoint } from '../../endpoint.ts'
import type { ApiRequest } from '../../route.ts'
import { isToldWhole, operationEvents } from './operation-events.ts'
import { noSuchOperation, operationOf } from './operation-of.ts'

const EVENT_ID = /^\d{1,18}$/

const HEADERS = z.object({
  'Last-Event-ID': z
    .string()
    .regex(EVENT_ID)
    .optional()
    .describe('The id of the last event that was received; the stream goes on after it.'),
})

const NEVER_STORED = { 'Cache-Control': 'no-store' }

/** `GET /v1/operations/{id}/events`: what happens to an operation, while it happens (the HTML standard's server-sent events). */
export const getEvents: Endpoint = {
  summary: 'Watch an operation',
  details:
    'Events `state`, one for every change of its state or pause, with data `{ at, by, from, to, paused, reason }`; and' +
    ' `progress`, at most four a second, with data `{ state, paused, rows, rowsPerSecond, estimatedEnd }`. The first' +
    ' event is a progress. The stream ends after the end of the operation, and after an hour.',
  headers: HEADERS,
  answers: {
    200: { description: 'The events.', content: { 'text/event-stream': 'text' } },
    204: { description: 'The operation has ended, and nothing happened since the last event that was received.' },
  },
  async handler(services, request) {
    const seen = lastEventId(request)
    const { number, tenantId } = await operationOf(services, request)
    const first = (await watchedOperations(services.pool, [number])).get(number)
    if (first === undefined) throw noSuchOperation()
    // 204 is what stops an EventSource from connecting again and again.
    if (seen !== null && isToldWhole(first, seen)) return { status: 204, headers: NEVER_STORED, body: '' }
    const watch = services.hub.watch(tenantId, number, request.signal)
    if (watch === null) throw tooManyWatch()
    return {
      status: 200,
      headers: { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no', ...NEVER_STORED },
      body: operationEvents(services.pool, watch, first, seen),
      isLive: true,
    }
  },
}

function lastEventId(request: ApiRequest): string | null {
  const id = request.header('last-event-id') ?? ''
  if (id === '') return null
  if (EVENT_ID.test(id)) return id
  throw parametersRefused(["Last-Event-ID takes the id of an event of this operation's stream; or leave it out."])
}

function tooManyWatch(): Refusal {
  return new Refusal(
    'too-many-requests',
    'Too many operations are watched at the moment; end a stream, or try later.',
    {
      headers: { 'Retry-After': '10' },
    },
  )
}
