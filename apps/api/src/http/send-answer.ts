import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Request, Response } from 'express'
import type { Answer } from '../dialects/route.ts'

/** How long a client that is told off in the middle of its body may go on sending it. */
const LINGER_MS = 10_000

/** Statuses whose answers have no body, and so no length of it (RFC 9110, section 8.6). */
const BODILESS: readonly number[] = [204, 304]

/** Sends the answer; returns when it is sent, or when the client is gone. Throws what a stream of it throws. */
export async function sendAnswer(req: Request, res: Response, answer: Answer): Promise<void> {
  res.status(answer.status).set(answer.headers)
  if (typeof answer.body === 'string') return sendText(req, res, answer.body)
  if (req.method === 'HEAD') {
    res.end()
    return
  }
  // What a slow client has not taken yet is not made ahead when it is news: it would be old by then.
  const highWaterMark = answer.isLive === true ? 1 : 256 * 1024
  await pipeline(Readable.from(answer.body, { objectMode: false, highWaterMark }), res)
}

function sendText(req: Request, res: Response, text: string): void {
  const body = Buffer.from(text)
  if (!BODILESS.includes(res.statusCode)) res.set('Content-Length', String(body.length))
  if (!isStillSending(req)) {
    res.end(body)
    return
  }
  // The answer comes before the end of the request. A connection closed now would be reset by the
  // kernel, and the answer lost with it: so the answer is complete, but the connection ends later.
  res.set('Connection', 'close')
  res.write(body)
  const end = (): void => {
    clearTimeout(timer)
    res.end()
  }
  const timer = setTimeout(end, LINGER_MS)
  req.once('end', end).once('close', end).resume()
}

function isStillSending(req: Request): boolean {
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0
  return hasBody && !req.complete && !req.destroyed
}
