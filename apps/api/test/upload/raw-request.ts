import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A connection that a test writes HTTP to by hand. */
export interface RawConnection {
  readonly socket: Socket
  /** Everything received until now. */
  received(): string
  /** Returns once this has been received. Throws when the connection ends before. */
  until(text: string): Promise<void>
}

export async function openRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  let text = ''
  socket.on('data', (data: Buffer) => {
    text += data.toString('latin1')
  })
  socket.on('error', () => {})
  const until = async (wanted: string): Promise<void> => {
    while (!text.includes(wanted)) {
      const ended = once(socket, 'close').then(() => {
        if (!text.includes(wanted)) throw new Error(`the connection ended before ${JSON.stringify(wanted)} came`)
      })
      await Promise.race([once(socket, 'data'), ended])
    }
  }
  return { socket, received: () => text, until }
}

export const BOUNDARY = 'x-boundary'

/** The beginning of a form's file part, up to where its bytes start. */
export const FILE_START = [
  `--${BOUNDARY}`,
  'Content-Disposition: form-data; name="file"; filename="a.csv"',
  'Content-Type: text/csv',
  '',
  '',
].join('\r\n')

/** The head of an upload's request. */
export function head(token: string, headers: readonly string[]): string {
  return [
    'POST /v1/operations HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${token}`,
    `Content-Type: multipart/form-data; boundary=${BOUNDARY}`,
    ...headers,
    '',
    '',
  ].join('\r\n')
}
