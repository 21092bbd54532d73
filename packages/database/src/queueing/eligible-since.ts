/**
 * SQL for the time since which an operation may have turns: when its data was complete, or it was started, or was last
 * resumed. Null when it may not have any yet.
 *
 * @param operation SQL for its number
 */
export const eligibleSince = (operation: string): string => `(
  select max(at) from operation_history
  where operation_number = ${operation} and not paused and (to_state = 'SCHEDULED' or from_state = to_state)
)`
