import { type Control, controlOperation, findOperationOfAnyTenant, OperationBusy, type Pool } from '@muster/database'

export type Change =
  | { readonly outcome: 'changed' }
  /** There is no such operation. */
  | { readonly outcome: 'unknown' }
  /** It makes no sense in the operation's state, or a worker does not let go: why, and what to do. */
  | { readonly outcome: 'senseless' | 'busy'; readonly sentence: string }

/** Told to the tenant's callers as well, so that it is not the person's name; that is in `operator_actions`. */
const BY = 'operator'

const SENSELESS: Readonly<Record<Control, string>> = {
  pause: 'Only operations that are scheduled or processing, and not paused yet, can be paused.',
  resume: 'Only operations that are paused can be resumed.',
  cancel: 'Operations that have ended cannot be cancelled any more.',
}

const REASONS: Readonly<Record<Control, string>> = {
  pause: 'It was paused by an operator.',
  resume: 'It was resumed by an operator.',
  cancel: 'It was cancelled by an operator; rows applied before stay applied.',
}

export function isControl(word: string): word is Control {
  return Object.hasOwn(SENSELESS, word)
}

/**
 * Carries out what an operator asks of an operation of whichever tenant. Twice is as good as once: the second is
 * `senseless`.
 */
export async function changeOperation(
  { pool, nudge }: { readonly pool: Pool; readonly nudge: () => unknown },
  id: string,
  control: Control,
): Promise<Change> {
  const found = await findOperationOfAnyTenant(pool, id)
  if (found === null) return { outcome: 'unknown' }
  const { tenantId } = found
  try {
    const controlled = await controlOperation(pool, { tenantId, id, control, by: BY, reason: REASONS[control] })
    if (controlled === null) return { outcome: 'unknown' }
    const { changed, operation } = controlled
    if (!changed) {
      const now = `It is ${operation.state}${operation.paused ? ' and paused' : ''} now.`
      return { outcome: 'senseless', sentence: `${SENSELESS[control]} ${now}` }
    }
  } catch (error) {
    if (!(error instanceof OperationBusy)) throw error
    const sentence = 'A worker holds the operation and does not answer; try again in some seconds.'
    return { outcome: 'busy', sentence }
  }
  // It has a turn to get, or rows to be counted, or leaves its turns to the next of its tenant.
  void nudge()
  return { outcome: 'changed' }
}
