import type { OperationRecord } from '@muster/database'
import { Refusal } from '../../../refusal.ts'

/**
 * Refuses what makes no sense in the operation's state; the problem has the members `state` and `paused`.
 *
 * @param detail a sentence that says why not, and what to do
 */
export function stateConflict({ state, paused }: Pick<OperationRecord, 'state' | 'paused'>, detail: string): Refusal {
  const now = paused ? `${state} and paused` : state
  return new Refusal('conflict', `The operation is ${now}. ${detail}`, { members: { state, paused } })
}
