/** Muster does not start; the message says why and what to do, so that no stack trace is needed. */
export class StartRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartRefused'
  }
}
