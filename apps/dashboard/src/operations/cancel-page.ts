import { isEnded } from '@muster/contracts'
import type { OperationDetail } from '@muster/database'
import type { SignedIn } from '../signed-in.ts'
import { count } from './figures.ts'
import { type Html, html } from './html.ts'
import { controlForm } from './operation-page.ts'

/** Asks an operator whether it is meant, since nothing takes it back. */
export function cancelPage({ record, overview }: OperationDetail, signedIn: SignedIn): Html {
  const { id, number, type, name, state } = record
  const back = html`<p><a href="/operations/${id}">Leave it as it is</a></p>`
  if (isEnded(state))
    return html`<p role="alert">Operation ${number.toString()} has ended already: it is ${state}.</p>${back}`
  return html`
<p>${type} ${number.toString()}, “${name}”, of the tenant ${overview.tenantName}, is ${state}.</p>
<p>Cancelling is final. The ${count(overview.done)} rows that have their outcome stay as they are; no other row is applied.</p>
<div class="actions">${controlForm(id, 'cancel', 'Cancel the operation', signedIn)}</div>
${back}`
}
