import type { Message, Postponement, Settlement } from '../ports/index.ts'
import type { DeliveryResult } from './courier.ts'

/** A message that was postponed again and again for that long fails. */
const GIVE_UP_HOURS = 24
const FIRST_PAUSE_SECONDS = 60
const LONGEST_PAUSE_SECONDS = 3_600

/** A message that was carried out, or was not. */
export interface Finished {
  readonly message: Message
  readonly result: DeliveryResult
}

/** Null when the message is to be tried again. */
export function settlementOf({ message, result }: Finished): Settlement | null {
  const { row, createdAt } = message
  switch (result.kind) {
    case 'delivered':
      return { row, mistake: null }
    case 'failed':
      return { row, mistake: result.mistake }
    case 'away':
      return null
    case 'postponed': {
      if (Date.now() - createdAt.getTime() < GIVE_UP_HOURS * 3_600_000) return null
      return { row, mistake: { code: 'NOT_DELIVERED', params: { hours: GIVE_UP_HOURS, reply: result.reply } } }
    }
  }
}

/** When it is tried again. */
export function postponementOf({ message, result }: Finished): Postponement {
  const { row, attempts } = message
  // What is away is waited for by the operation as a whole.
  if (result.kind === 'away') return { row, seconds: 0 }
  return { row, seconds: Math.min(FIRST_PAUSE_SECONDS * 2 ** attempts, LONGEST_PAUSE_SECONDS) }
}
