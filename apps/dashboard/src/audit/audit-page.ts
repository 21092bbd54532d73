import { type ActionFilter, listActions, type Pool, type RecordedAction } from '@muster/database'
import { htmlEscape } from 'escape-goat'
import { type Request, Router } from 'express'
import { layout } from '../layout.ts'
import { signedIn } from '../signed-in.ts'
import { CHANGES } from './changes.ts'

const PAGE_ROWS = 100

/** The page `/audit`: who changed what, newest first. */
export function auditPage(pool: Pool): Router {
  const routes = Router()
  routes.get('/audit', async (request, response) => {
    const { filter, problem } = filterOf(request)
    const before = asked(request, 'before')
    const page = { before: before !== null && /^\d{1,18}$/.test(before) ? before : null, limit: PAGE_ROWS + 1 }
    const actions = problem === null ? await listActions(pool, filter, page) : []
    const shown = actions.slice(0, PAGE_ROWS)
    const body = [
      form(request),
      problem === null ? '' : `<p role="alert">${htmlEscape(problem)}</p>`,
      shown.length === 0 ? '<p>There is nothing to show.</p>' : table(shown),
      actions.length > PAGE_ROWS ? older(filter, shown.at(-1)) : '',
    ]
    const who = signedIn(response)
    response.status(problem === null ? 200 : 400)
    response.send(layout({ title: 'Audit', active: 'audit', signedIn: who }, body.join('\n')))
  })
  return routes
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

function filterOf(request: Request): { filter: ActionFilter; problem: string | null } {
  const operationId = asked(request, 'operation')
  const filter = { operator: asked(request, 'operator'), action: asked(request, 'action'), operationId }
  const isWrong = operationId !== null && !UUID.test(operationId)
  return { filter, problem: isWrong ? 'An operation’s id is a UUID. Copy it from the operation’s page.' : null }
}

/** Null for what was not given, or left empty. */
function asked(request: Request, name: string): string | null {
  const value = request.query[name]
  const text = typeof value === 'string' ? value.replace(/\p{Cc}/gu, '').trim() : ''
  return text === '' ? null : text
}

const BY_COMMAND_LINE = ['add', 'set-role', 'set-password', 'remove', 'unlock', 'sign-out'].map(
  (verb) => `operator.${verb}`,
)

const ACTIONS = [...CHANGES.map(({ action }) => action), 'sign-in', 'other', ...BY_COMMAND_LINE].sort()

function form(request: Request): string {
  const value = (name: string) => htmlEscape(asked(request, name) ?? '')
  const options = ACTIONS.map(
    (action) => `<option${asked(request, 'action') === action ? ' selected' : ''}>${htmlEscape(action)}</option>`,
  )
  return `<form method="get" action="/audit" class="search">
<label>Operator <input name="operator" value="${value('operator')}"></label>
<label>Action <select name="action"><option value="">any</option>${options.join('')}</select></label>
<label>Operation <input name="operation" value="${value('operation')}" size="38"></label>
<button>Show</button>
</form>`
}

function table(actions: readonly RecordedAction[]): string {
  return `<div class="scroll">
<table>
<thead><tr><th>When</th><th>Who</th><th>What</th><th>Queue</th><th>Job</th><th>Operation</th><th>Answer</th></tr></thead>
<tbody>
${actions.map(row).join('\n')}
</tbody>
</table>
</div>`
}

function row({ at, operator, action, queue, jobId, operationId, target, status }: RecordedAction): string {
  const when = `<time datetime="${at.toISOString()}">${at.toISOString().replace('T', ' ').slice(0, 19)} UTC</time>`
  const operation = operationId === null ? '' : `<a href="/operations/${operationId}">${htmlEscape(operationId)}</a>`
  const cells = [
    when,
    htmlEscape(operator ?? 'not known'),
    htmlEscape(target === null ? action : `${action} ${target}`),
    htmlEscape(queue ?? ''),
    jobId === operationId ? '' : htmlEscape(jobId ?? ''),
    operation,
    answer(status),
  ]
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
}

function answer(status: number | null): string {
  if (status === null) return 'none was seen'
  return status < 400 ? 'done' : `refused (${status})`
}

function older(filter: ActionFilter, last: RecordedAction | undefined): string {
  const given = { operator: filter.operator, action: filter.action, operation: filter.operationId, before: last?.id }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(given)) if (value) query.set(name, value)
  return `<p><a href="/audit?${htmlEscape(query.toString())}" rel="next">Older</a></p>`
}
