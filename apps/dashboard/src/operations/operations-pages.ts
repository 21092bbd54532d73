import {
  countStates,
  isOutage,
  operationDetail,
  operationHistory,
  type Pool,
  readErrorGroups,
  searchOperations,
  tenantNamed,
} from '@muster/database'
import { type ErrorRequestHandler, type Request, type Response, Router } from 'express'
import { layout } from '../layout.ts'
import { signedIn } from '../signed-in.ts'
import { cancelPage } from './cancel-page.ts'
import { changeOperation, isControl } from './change-operation.ts'
import { type Html, html } from './html.ts'
import { listPage } from './list-page.ts'
import { operationPage } from './operation-page.ts'
import { listAddress, readListRequest } from './search-form.ts'

export interface OperationsPagesOptions {
  readonly pool: Pool
  /** Asks a dispatcher to run now. Must not throw. */
  readonly nudge: () => unknown
  readonly now?: () => Date
}

const PAGE = 50
const CHANGES_SHOWN = 500

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

/**
 * All tenants' operations, to be mounted at `/operations` behind the sign-in. That whoever changes something may do
 * so, and sends it from a page of ours, is seen to before.
 */
export function operationsPages({ pool, nudge, now = () => new Date() }: OperationsPagesOptions): Router {
  const routes = Router()
  routes.get('/', async (request, response) => {
    const asked = readListRequest(request.query)
    send(response, 'Operations', await list(pool, asked, now()))
  })
  routes.param('id', (_request, response, next, id: string) => {
    if (UUID.test(id)) next()
    else noSuchOperation(response)
  })
  routes.get('/:id', async (request, response) => showOperation(pool, request, response, now()))
  routes.get('/:id/cancel', async (request, response) => {
    const who = signedIn(response)
    const detail = await operationDetail(pool, request.params.id)
    if (detail === null) noSuchOperation(response)
    else if (who.role !== 'operator') response.redirect(303, `/operations/${detail.record.id}`)
    else send(response, 'Cancel this operation?', cancelPage(detail, who))
  })
  routes.post('/:id/:control', async (request, response, next) => {
    const { id, control } = request.params
    if (!isControl(control)) return next()
    const change = await changeOperation({ pool, nudge }, id, control)
    if (change.outcome === 'unknown') return noSuchOperation(response)
    if (change.outcome === 'changed') return response.redirect(303, `/operations/${id}`)
    if (change.outcome === 'busy') response.set('Retry-After', '5')
    response.status(change.outcome === 'busy' ? 503 : 409)
    send(response, 'Nothing was changed', told(id, change.sentence))
  })
  routes.use(databaseAway)
  return routes
}

async function list(pool: Pool, request: ReturnType<typeof readListRequest>, now: Date): Promise<Html> {
  const { tenant: typed, state, type, sought, before } = request
  const tenant = typed === '' ? null : await tenantNamed(pool, typed)
  if (typed !== '' && tenant === null) {
    const mistakes = [
      ...request.mistakes,
      `There is no tenant “${typed}”; give its whole name as it is written, or its id.`,
    ]
    return listPage({ request, mistakes, counts: null, found: { operations: [], next: null }, now })
  }
  const tenantId = tenant?.id ?? null
  const search = {
    state: state === 'PAUSED' ? null : state,
    paused: state === 'PAUSED',
    type,
    tenantId,
    sought,
    before,
    limit: PAGE,
  }
  const [found, counts] = await Promise.all([
    searchOperations(pool, search),
    type === null && sought === null ? countStates(pool, tenantId) : null,
  ])
  return listPage({ request, mistakes: request.mistakes, counts, found, now })
}

async function showOperation(
  pool: Pool,
  request: Request<{ id: string }>,
  response: Response,
  now: Date,
): Promise<void> {
  const detail = await operationDetail(pool, request.params.id)
  if (detail === null) return noSuchOperation(response)
  const { number } = detail.record
  const [history, errors] = await Promise.all([
    operationHistory(pool, number, { after: null, limit: CHANGES_SHOWN }),
    readErrorGroups(pool, number),
  ])
  send(response, `Operation ${number}`, operationPage({ detail, history, errors, signedIn: signedIn(response), now }))
}

function send(response: Response, title: string, body: Html): void {
  // Whoever signs out on a shared machine leaves nothing to go back to.
  response.set('Cache-Control', 'no-store')
  response.send(layout({ title, active: 'operations', signedIn: signedIn(response) }, body.text))
}

function told(id: string, sentence: string): Html {
  return html`<p role="alert">${sentence}</p><p><a href="/operations/${id}">Back to the operation</a></p>`
}

function noSuchOperation(response: Response): void {
  response.status(404)
  const all = html`<a href="${listAddress({})}">All operations</a>`
  send(response, 'No such operation', html`<p>There is no operation of this id, or it was deleted.</p><p>${all}</p>`)
}

const databaseAway: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent || !isOutage(error)) return next(error)
  response.status(503).set('Retry-After', '5')
  const sentence =
    'PostgreSQL does not answer, so operations cannot be shown. It may have carried out what was asked of it: look before you repeat it.'
  send(response, 'PostgreSQL is away', html`<p role="alert">${sentence}</p><p><a href="">Try again</a></p>`)
}
