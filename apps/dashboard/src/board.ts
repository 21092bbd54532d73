import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { ExpressAdapter } from '@bull-board/express'
import {
  DELIVERIES_QUEUE,
  DISPATCH_QUEUE,
  EXPRESS_QUEUE,
  MAINTENANCE_QUEUE,
  OPERATIONS_QUEUE,
  type WatchedQueues,
} from '@muster/queue'
import type { Express } from 'express'

/**
 * Bull Board at `/`. A job is an operation's id, its type and the rows done; so there is nothing
 * personal to hide here.
 *
 * @param apiUrl where a job's link to its operation leads
 */
export function createBoard({ queues }: WatchedQueues, apiUrl: string): Express {
  const serverAdapter = new ExpressAdapter().setBasePath('/')
  createBullBoard({
    queues: queues.map((queue) => {
      const description = TURNS[queue.name]
      return description === undefined ? ticks(queue) : operations(queue, description, apiUrl)
    }),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'Muster',
        miscLinks: [{ text: 'Sign out', url: '/sign-out' }],
        hideDocsLink: true,
        showWorkers: false,
      },
    },
  })
  return serverAdapter.getRouter()
}

type Queue = WatchedQueues['queues'][number]

const TURNS: Readonly<Record<string, string>> = {
  [OPERATIONS_QUEUE]: 'One job is one operation that wants a turn; its id is the operation’s',
  [EXPRESS_QUEUE]: 'The same for small operations that have had no turn yet',
  [DELIVERIES_QUEUE]: 'One job is one operation whose mails, cards or the like are to be carried out',
}

function operations(queue: Queue, description: string, apiUrl: string): BullMQAdapter {
  const adapter = new BullMQAdapter(queue, {
    description,
    externalJobUrl: ({ id }) => operationLink(apiUrl, String(id)),
  })
  adapter.setFormatter('name', ({ name, progress }) => {
    const rows = rowsDone(progress)
    return rows === null ? name : `${name}: ${rows.toLocaleString('en')} rows done`
  })
  return adapter
}

const TICKS: Readonly<Record<string, string>> = {
  [DISPATCH_QUEUE]: 'Its jobs make Redis agree with PostgreSQL',
  [MAINTENANCE_QUEUE]: 'Its jobs remove what has been kept long enough',
}

function ticks(queue: Queue): BullMQAdapter {
  return new BullMQAdapter(queue, { description: TICKS[queue.name] ?? '' })
}

/** Null for a job that has not begun. */
function rowsDone(progress: unknown): number | null {
  if (typeof progress !== 'object' || progress === null || !('rowsDone' in progress)) return null
  return typeof progress.rowsDone === 'number' ? progress.rowsDone : null
}

function operationLink(apiUrl: string, operationId: string) {
  const base = apiUrl.replace(/\/+$/, '')
  return { displayText: 'Operation', href: `${base}/v1/operations/${encodeURIComponent(operationId)}` }
}
