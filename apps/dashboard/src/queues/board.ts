import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { ExpressAdapter } from '@bull-board/express'
import type { OperatorRole } from '@muster/database'
import {
  DELIVERIES_QUEUE,
  DISPATCH_QUEUE,
  EXPRESS_QUEUE,
  MAINTENANCE_QUEUE,
  OPERATIONS_QUEUE,
  type WatchedQueues,
} from '@muster/queue'
import type { Express } from 'express'
import { nameOf, progressOf, turnOf, withKnownNames, withoutErrorTexts, withoutTexts } from './shown-job.ts'

export const BOARD_PATH = '/queues'

/**
 * Bull Board, to be mounted at `BOARD_PATH`: all queues with their schedulers; none of them has flows, which it would
 * show too. What it shows of a job is its operation's id, its type and the rows done, whatever is in Redis.
 *
 * @param role a viewer's board has no buttons and tells nothing about Redis itself
 */
export function createBoard({ queues }: WatchedQueues, role: OperatorRole): Express {
  const serverAdapter = new ExpressAdapter().setBasePath(BOARD_PATH)
  const readOnlyMode = role !== 'operator'
  createBullBoard({
    queues: queues.map((queue) => adapterOf(queue, readOnlyMode)),
    serverAdapter,
    options: {
      handlerHooks: { after: ({ route }, result) => ({ ...result, body: cleaned(route, result.body) }) },
      uiConfig: {
        boardTitle: 'Muster',
        miscLinks: [
          { text: 'Operations', url: '/operations' },
          { text: 'Audit', url: '/audit' },
          { text: 'Sign out', url: '/sign-out' },
        ],
        hideDocsLink: true,
        hideRedisDetails: readOnlyMode,
        showWorkers: false,
      },
    },
  })
  return serverAdapter.getRouter()
}

/** A job's log, which Muster writes nothing into, is a list of texts. */
function cleaned<T>(route: string, body: T): T {
  if (route.endsWith('/logs')) return withoutTexts(body)
  const known = /\/(job-schedulers|flow)$/.test(route) ? withKnownNames(body) : body
  return withoutErrorTexts(known)
}

type Queue = WatchedQueues['queues'][number]

const TURNS: Readonly<Record<string, string>> = {
  [OPERATIONS_QUEUE]: 'One job is one operation that wants a turn; its id is the operation’s',
  [EXPRESS_QUEUE]: 'The same for small operations that have had no turn yet',
  [DELIVERIES_QUEUE]: 'One job is one operation whose mails, cards or the like are to be carried out',
}

const TICKS: Readonly<Record<string, string>> = {
  [DISPATCH_QUEUE]: 'Its jobs make Redis agree with PostgreSQL',
  [MAINTENANCE_QUEUE]: 'Its jobs remove what has been kept long enough',
}

function adapterOf(queue: Queue, readOnlyMode: boolean): BullMQAdapter {
  const turns = TURNS[queue.name]
  const description = turns ?? TICKS[queue.name] ?? ''
  const link = turns === undefined ? {} : { externalJobUrl: ({ id }: { id?: unknown }) => operationLink(String(id)) }
  const adapter = new BullMQAdapter(queue, { description, readOnlyMode, ...link })
  adapter.setFormatter('name', nameOf)
  adapter.setFormatter('data', turns === undefined ? () => ({}) : turnOf)
  adapter.setFormatter('progress', progressOf)
  adapter.setFormatter('returnValue', () => null)
  return adapter
}

function operationLink(operationId: string) {
  return { displayText: 'Operation', href: `/operations/${encodeURIComponent(operationId)}` }
}
