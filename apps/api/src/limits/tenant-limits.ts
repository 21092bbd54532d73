/** How much one tenant may have going on. */
export interface TenantLimits {
  /** Operations that have turns at the same time. */
  readonly operationsInFlight: number
  /** Operations that are AWAITING_DATA or SCHEDULED. */
  readonly queuedOperations: number
}
