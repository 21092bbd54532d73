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

/**
 * Every edge that exists, with the reason that is told when the change gives none of its own. What is
 * not here cannot happen: the database refuses it.
 */
export const TRANSITIONS: Readonly<Record<OperationState, Readonly<Partial<Record<OperationState, string>>>>> = {
  AWAITING_DATA: {
    SCHEDULED: 'The data is complete.',
    CANCELLED: 'It was cancelled before its data was complete.',
  },
  SCHEDULED: {
    PROCESSING: 'A worker took it up.',
    CANCELLED: 'It was cancelled before a worker took it up.',
  },
  PROCESSING: {
    COMPLETED: 'Every row has its outcome.',
    FAILED: 'A fault ended it.',
    CANCELLED: 'It was cancelled while it ran; rows applied before stay applied.',
  },
  COMPLETED: {},
  FAILED: {},
  CANCELLED: {},
}

/** True when nothing more will happen to the operation. */
export function isEnded(state: OperationState): boolean {
  return Object.keys(TRANSITIONS[state]).length === 0
}

/** True for the states in which an operation can be paused. */
export function isPausable(state: OperationState): boolean {
  return state === 'SCHEDULED' || state === 'PROCESSING'
}
