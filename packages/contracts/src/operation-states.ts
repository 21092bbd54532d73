/** States of an operation. The last three are final. */
export const OPERATION_STATES = [
  'AWAITING_DATA',
  'SCHEDULED',
  'PROCESSING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
] as const

export type OperationState = (typeof OPERATION_STATES)[number]

/** Every edge that exists, with its reason. What is not here cannot happen. */
export const TRANSITIONS: Readonly<Record<OperationState, readonly OperationState[]>> = {
  AWAITING_DATA: ['SCHEDULED', 'CANCELLED'], // the data is complete | it never came, or the caller withdrew
  SCHEDULED: ['PROCESSING', 'CANCELLED'], // a worker claimed it | the caller withdrew it
  PROCESSING: ['COMPLETED', 'FAILED', 'CANCELLED'], // every row has an outcome | a fault | the caller withdrew it
  COMPLETED: [],
  FAILED: [],
  CANCELLED: [],
}

/** True when nothing more will happen to the operation. */
export function isEnded(state: OperationState): boolean {
  return TRANSITIONS[state].length === 0
}
