import { OPERATION_STATES, OPERATION_TYPES, type OperationState } from '@muster/contracts'
import {
  COUNTED_UP_TO,
  type FoundOperations,
  LAST_PLACE,
  type OverviewOperation,
  type StateCounts,
} from '@muster/database'
import { age, count, progress, rowRate, upTo } from './figures.ts'
import { type Html, html } from './html.ts'
import { type ListRequest, listAddress } from './search-form.ts'

/** Seconds between two looks at what has changed. */
const REFRESH_SECONDS = 3

export interface ListView {
  readonly request: ListRequest
  readonly mistakes: readonly string[]
  /** Null where they would not fit what is shown. */
  readonly counts: StateCounts | null
  readonly found: FoundOperations
  readonly now: Date
}

/** The list of operations, below its heading. */
export function listPage({ request, mistakes, counts, found, now }: ListView): Html {
  const { operations, next } = found
  return html`
<nav aria-label="States" id="states" data-refresh="${REFRESH_SECONDS}">${tabs(request, counts)}</nav>
${searchForm(request)}
${mistakes.map((sentence) => html`<p role="alert">${sentence}</p>`)}
<div id="operations" class="scroll" data-refresh="${REFRESH_SECONDS}">
${operations.length > 0 ? table(operations, now) : nothing(request, next)}
</div>
<p class="actions">${paging(request, found)}</p>
<p data-refresh-status role="status"></p>`
}

const TABS = [
  { state: null, label: 'All' },
  ...OPERATION_STATES.slice(0, 3).map((state) => ({ state, label: state })),
  { state: 'PAUSED', label: 'paused' },
  ...OPERATION_STATES.slice(3).map((state) => ({ state, label: state })),
] as const

function tabs(request: ListRequest, counts: StateCounts | null): Html {
  const { type, tenant, words } = request
  const items = TABS.map(({ state, label }) => {
    const current = state === request.state ? html` aria-current="page"` : null
    const address = listAddress({ state, type, tenant, words })
    return html`<li><a href="${address}"${current}>${label}${counted(counts, state)}</a></li>`
  })
  return html`<ul class="tabs">${items}</ul>`
}

function counted(counts: StateCounts | null, state: OperationState | 'PAUSED' | null): Html | null {
  if (counts === null || state === null) return null
  return html` <b>${upTo(state === 'PAUSED' ? counts.paused : counts.states[state], COUNTED_UP_TO)}</b>`
}

function searchForm({ state, type, tenant, words }: ListRequest): Html {
  const types = OPERATION_TYPES.map((each) => html`<option${each === type ? html` selected` : null}>${each}</option>`)
  return html`<form class="search" role="search" action="/operations">
${state === null ? null : html`<input type="hidden" name="state" value="${state}">`}
<label class="wide">Id, number, file’s SHA-256, or part of the name
<input type="search" name="q" value="${words}" maxlength="200" spellcheck="false" autocomplete="off"></label>
<label>Type <select name="type"><option value="">Any</option>${types}</select></label>
<label>Tenant, by name or id <input name="tenant" value="${tenant}" maxlength="200" autocomplete="off"></label>
<button>Search</button>
<a href="/operations">Clear</a>
</form>`
}

function table(operations: readonly OverviewOperation[], now: Date): Html {
  return html`<table>
<thead><tr><th scope="col">Number</th><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Tenant</th>
<th scope="col">State</th><th scope="col">Progress</th><th scope="col" class="number">Failed rows</th>
<th scope="col" class="number">Rows/s</th><th scope="col">Age</th><th scope="col">File</th></tr></thead>
<tbody>
${operations.map((operation) => row(operation, now))}
</tbody>
</table>`
}

function row(operation: OverviewOperation, now: Date): Html {
  const { id, number, name, type, tenantName, tenantId, failed, rate, createdAt, sha256 } = operation
  const tenant = html`<a href="${listAddress({ tenant: String(tenantId) })}">${tenantName}</a> <small>${tenantId}</small>`
  return html`<tr>
<th scope="row"><a href="/operations/${id}">${number.toString()}</a></th>
<td class="name">${name}</td>
<td>${type}</td>
<td>${tenant}</td>
<td>${stateOf(operation)}</td>
<td>${progress(operation)}</td>
<td class="number">${count(failed)}</td>
<td class="number">${rowRate(rate)}</td>
<td>${age(createdAt, now)}</td>
<td>${fileHash(sha256)}</td>
</tr>`
}

/** The state in words, and what keeps it from moving. */
export function stateOf({ state, paused, place }: OverviewOperation): Html {
  const waits = place === null ? null : html`<br><small>waits, place ${upTo(place, LAST_PLACE)} of its tenant</small>`
  return html`<span class="state ${state}">${state}</span>${paused ? html` <span class="paused">paused</span>` : null}${waits}`
}

/** Leads to the operations with the same data. */
export function fileHash(sha256: string | null): Html | null {
  if (sha256 === null || sha256 === '') return null
  return html`<a href="${listAddress({ words: sha256 })}" title="${sha256}"><code>${sha256.slice(0, 12)}</code></a>`
}

function nothing(request: ListRequest, next: string | null): Html {
  if (next !== null) return html`<p>None of the operations looked at so far; go on searching below.</p>`
  if (request.before !== null) return html`<p>Nothing older.</p>`
  const isFiltered = listAddress(request) !== '/operations'
  return isFiltered
    ? html`<p>No operation is like that. <a href="/operations">Show all</a></p>`
    : html`<p>There is no operation yet.</p>`
}

function paging(request: ListRequest, { operations, next }: FoundOperations): Html {
  const newest =
    request.before === null ? null : html`<a href="${listAddress({ ...request, before: null })}">Newest</a>`
  const label = operations.length === 0 ? 'Go on searching' : 'Older'
  const older =
    next === null ? null : html`<a rel="next" href="${listAddress({ ...request, before: next })}">${label}</a>`
  return html`${newest} ${older}`
}
