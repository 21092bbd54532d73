/** What an `Authorization` header shows: an access token, or a client's id and secret. */
export type Credentials =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'client'; readonly id: string; readonly secret: string }
