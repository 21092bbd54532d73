import { isEnded, isPausable, rowMessage } from '@muster/contracts'
import {
  type ErrorGroup,
  type LaneDetail,
  MESSAGES_COUNTED_UP_TO,
  type OperationChange,
  type OperationDetail,
} from '@muster/database'
import type { SignedIn } from '../signed-in.ts'
import { age, byteCount, count, duration, moment, progress, rowRate, upTo } from './figures.ts'
import { type Html, html } from './html.ts'
import { fileHash, stateOf } from './list-page.ts'

const REFRESH_SECONDS = 2

export interface OperationView {
  readonly detail: OperationDetail
  readonly history: readonly OperationChange[]
  /** The most frequent first. */
  readonly errors: readonly ErrorGroup[]
  readonly signedIn: SignedIn
  readonly now: Date
}

/** Everything that somebody on call needs of one operation, below its heading. */
export function operationPage({ detail, history, errors, signedIn, now }: OperationView): Html {
  return html`
<div id="controls" data-refresh="${REFRESH_SECONDS}">${controls(detail, signedIn)}</div>
<div id="facts" data-refresh="${REFRESH_SECONDS}">${facts(detail, now)}</div>
<section id="lanes" data-refresh="${REFRESH_SECONDS}">${lanes(detail, now)}</section>
<section id="errors" data-refresh="${REFRESH_SECONDS}">${errorGroups(errors)}</section>
<section id="history" data-refresh="${REFRESH_SECONDS}">${changes(history)}</section>
${jobs(detail.record.id)}
<h2>Options</h2>
<pre>${JSON.stringify(detail.record.options, null, 2)}</pre>
<p data-refresh-status role="status"></p>`
}

/** Buttons for an operator, as far as they make sense now; nothing for a viewer. */
function controls({ record }: OperationDetail, signedIn: SignedIn): Html | null {
  const { id, state, paused } = record
  if (signedIn.role !== 'operator' || isEnded(state)) return null
  const pause = isPausable(state) && !paused ? controlForm(id, 'pause', 'Pause', signedIn) : null
  const resume = paused ? controlForm(id, 'resume', 'Resume', signedIn) : null
  const cancel = html`<a class="button danger" href="/operations/${id}/cancel">Cancel …</a>`
  return html`<div class="actions">${pause}${resume}${cancel}</div>`
}

/** A button that asks for a change. */
export function controlForm(id: string, control: string, label: string, { csrf }: SignedIn): Html {
  return html`<form method="post" action="/operations/${id}/${control}">
<input type="hidden" name="_csrf" value="${csrf}">
<button class="${control === 'cancel' ? 'danger' : ''}">${label}</button>
</form>`
}

function facts({ record, overview, lease, outbox }: OperationDetail, now: Date): Html {
  const { source } = record
  const unprocessed = record.total === null ? null : record.total - overview.done
  const all: readonly (readonly [string, Html | string | null])[] = [
    ['State', stateOf(overview)],
    ['Reason', record.reason],
    ['Progress', progress(overview)],
    ['Rows', rows(record)],
    ['Unprocessed rows', unprocessed === null ? null : count(unprocessed)],
    ['Rows/s', rowRate(overview.rate)],
    ['Id', html`<code>${record.id}</code>`],
    ['Type', record.type],
    ['Name', record.name],
    ['Tenant', html`${overview.tenantName} <small>${overview.tenantId}</small>`],
    ['Created', html`${moment(record.createdAt)} by ${record.createdBy} (${age(record.createdAt, now)})`],
    ['Taken up', record.startedAt && moment(record.startedAt)],
    ['Ended', record.endedAt && html`${moment(record.endedAt)}${took(record)}`],
    ['Lease', lease.toString()],
    ['Messages waiting', messages(outbox, now)],
    ['Failure policy', policy(record.policy)],
    ['File', source && html`${'fileName' in source ? `${source.fileName}, ` : ''}${byteCount(source.bytes)}`],
    [
      'SHA-256',
      source && html`<code>${source.sha256}</code> ${fileHash(source.sha256) && html`(${sameData(source.sha256)})`}`,
    ],
    ['Files removed', record.filesRemovedAt && moment(record.filesRemovedAt)],
    ['Retry of', record.parentId && html`<a href="/operations/${record.parentId}"><code>${record.parentId}</code></a>`],
  ]
  const shown = all.flatMap(([term, value]) =>
    value === null ? [] : [html`<div><dt>${term}</dt><dd>${value}</dd></div>`],
  )
  return html`<dl class="facts">${shown}</dl>`
}

const sameData = (sha256: string) => html`<a href="/operations?q=${sha256}">operations with the same data</a>`

function took({ startedAt, endedAt }: OperationDetail['record']): string {
  return startedAt === null || endedAt === null ? '' : `, after ${duration(endedAt.getTime() - startedAt.getTime())}`
}

function rows({ succeeded, unchanged, failed, resolved }: OperationDetail['record']): string {
  const told = `${count(succeeded)} succeeded, ${count(unchanged)} unchanged, ${count(failed)} failed`
  return resolved === 0 ? told : `${told}; ${count(resolved)} resolved by retries`
}

function messages(outbox: OperationDetail['outbox'], now: Date): Html | null {
  const { waiting, held, oldestAt, attempts, deliverAfter } = outbox
  if (waiting === 0 || oldestAt === null) return null
  const away =
    deliverAfter !== null && deliverAfter > now
      ? `; what they go through is away, next try ${moment(deliverAfter)}`
      : ''
  return html`${upTo(waiting, MESSAGES_COUNTED_UP_TO)}, ${count(held)} held, oldest ${age(oldestAt, now)}, at most ${attempts} tries${away}`
}

function policy({ maxFailedRows, maxFailedRatio }: OperationDetail['record']['policy']): string {
  const limits = [
    maxFailedRows === null ? [] : [`${count(maxFailedRows)} failed rows`],
    maxFailedRatio === null ? [] : [`${maxFailedRatio * 100} % of the rows`],
  ].flat()
  return limits.length === 0 ? 'Failed rows do not end it.' : `More than ${limits.join(' or ')} end it.`
}

function lanes({ lanes: all, lease }: OperationDetail, now: Date): Html {
  const heading = html`<h2>Lanes</h2>`
  if (all.length === 0) return html`${heading}<p>No worker has taken it up yet.</p>`
  return html`${heading}<div class="scroll"><table>
<thead><tr><th scope="col">Lane</th><th scope="col" class="number">Row</th><th scope="col" class="number">Line</th>
<th scope="col" class="number">Byte</th><th scope="col" class="number">Succeeded</th><th scope="col" class="number">Unchanged</th>
<th scope="col" class="number">Failed</th><th scope="col">Lease</th><th scope="col">Last commit</th></tr></thead>
<tbody>${all.map((lane) => laneRow(lane, lease, now))}</tbody></table></div>`
}

function laneRow(lane: LaneDetail, lease: bigint, now: Date): Html {
  const numbers = [lane.row, lane.line, lane.byte, lane.succeeded, lane.unchanged, lane.failed]
  const isMine = lane.lease === lease
  return html`<tr><th scope="row">${lane.lane}</th>
${numbers.map((value) => html`<td class="number">${count(value)}</td>`)}
<td>${lane.lease.toString()}${isMine ? null : html` <span class="paused">not the operation’s</span>`}</td>
<td>${age(lane.changedAt, now)} ago</td></tr>`
}

function errorGroups(groups: readonly ErrorGroup[]): Html {
  const heading = html`<h2>What is wrong with failed rows</h2>`
  if (groups.length === 0) return html`${heading}<p>No row has failed.</p>`
  return html`${heading}<div class="scroll"><table>
<thead><tr><th scope="col">Code</th><th scope="col">Column</th><th scope="col" class="number">Rows</th>
<th scope="col">First rows</th><th scope="col">What it means, of the first</th></tr></thead>
<tbody>${groups.map(
    ({ code, column, rows, firstRows, params }) => html`<tr><th scope="row">${code}</th><td>${column}</td>
<td class="number">${count(rows)}</td><td>${firstRows.join(', ')}</td><td>${rowMessage({ code, params })}</td></tr>`,
  )}</tbody></table></div>`
}

function changes(history: readonly OperationChange[]): Html {
  return html`<h2>History</h2><div class="scroll"><table>
<thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">From</th><th scope="col">To</th><th scope="col">Why</th></tr></thead>
<tbody>${history.map(
    ({ at, by, from, to, paused, reason }) => html`<tr><td>${moment(at)}</td><td>${by}</td><td>${from}</td>
<td><span class="state ${to}">${to}</span>${paused ? html` <span class="paused">paused</span>` : null}</td><td>${reason}</td></tr>`,
  )}</tbody></table></div>`
}

const JOB_QUEUES = ['operations', 'express', 'deliveries'] as const

/** A job’s id is the operation’s, in each queue. */
function jobs(id: string): Html {
  const links = JOB_QUEUES.map((queue) => html`<a href="/queues/queue/${queue}/${id}">${queue}</a>`)
  return html`<h2>Jobs</h2>
<p>Its job, where it has one, in one of the queues ${links}. One that is gone is made again by the dispatcher while it should have a turn.</p>`
}
