/** Who asks, as the access token tells. */
export interface Caller {
  readonly tenantId: number
  readonly tenant: string
  /** The token's subject: for our own tokens the client's id. */
  readonly subject: string
  readonly scopes: readonly string[]
}
