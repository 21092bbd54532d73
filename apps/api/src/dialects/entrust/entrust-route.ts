import type { Endpoint } from '../endpoint.ts'
import type { Method } from '../route.ts'
import type { EntrustPermission } from './permissions.ts'

/** A line of the dialect's table. */
export interface EntrustRoute {
  readonly method: Method
  /** Under the dialect's base path, like `/v1/print/:id`. */
  readonly path: string
  readonly permission: EntrustPermission
  readonly endpoint: Endpoint
}
