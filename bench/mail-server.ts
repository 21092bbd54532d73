import { SMTPServer } from 'smtp-server'

/** What a mail server has taken. */
export interface Tally {
  readonly mails: number
  /** Of all of them, header and body. */
  readonly bytes: number
  /** From the moment the first of them was taken to that of the last. */
  readonly seconds: number
}

/** What the server tells the process that started it: where it listens, first of all, and a tally whenever it is asked. */
export type Told =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'tally'; readonly tally: Tally }

const NOTHING = { mails: 0, bytes: 0, firstAt: 0, lastAt: 0 }

/** A mail server of a process of its own, which reads every mail to its end, takes it, and forgets it. */
function main(tell: (told: Told) => void): void {
  let taken = NOTHING
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    onData(stream, _session, callback) {
      stream.on('end', () => {
        const now = performance.now()
        const { mails, bytes, firstAt } = taken
        taken = {
          mails: mails + 1,
          bytes: bytes + stream.byteLength,
          firstAt: mails === 0 ? now : firstAt,
          lastAt: now,
        }
        callback()
      })
      stream.resume()
    },
  })
  server.on('error', (error) => console.error(error))
  const listening = server.listen(0, '127.0.0.1', () => {
    const address = listening.address()
    if (address === null || typeof address === 'string') throw new Error('the mail server has no port')
    tell({ kind: 'listening', port: address.port })
  })
  // Asked for a tally: it tells of what came since the last one.
  process.on('message', () => {
    const { mails, bytes, firstAt, lastAt } = taken
    taken = NOTHING
    tell({ kind: 'tally', tally: { mails, bytes, seconds: (lastAt - firstAt) / 1_000 } })
  })
  process.on('disconnect', () => process.exit(0))
}

main((told) => process.send?.(told))
