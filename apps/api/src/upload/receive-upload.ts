import type { Writable } from 'node:stream'
import type { FileStore } from '@muster/engine'
import type { Request, Response } from 'express'
import multer from 'multer'
import { Refusal } from '../refusal.ts'
import { type BodyStream, bodyBroken, openBody } from './body-stream.ts'
import { type Received, received, UploadAborted } from './received.ts'
import { Reception } from './reception.ts'
import type { Upload } from './upload.ts'
import { bodyLimit, refuseByHeaders, refuseUnlessForm, tooLarge } from './upload-refusals.ts'

export interface UploadRules {
  /** Of the file alone. */
  readonly maxBytes: number
  /** Names of the form's fields, without a closing `[]`. */
  readonly fields: readonly string[]
}

/**
 * Receives a multipart form with one file into the file store; see `PublicRequest.upload`.
 * Throws a Refusal, UploadAborted, or what the file store throws; nothing stays behind then.
 */
export async function receiveUpload(
  req: Request,
  res: Response,
  files: FileStore,
  rules: UploadRules,
): Promise<Received<Upload>> {
  refuseUnlessForm(req.get('content-type') ?? null)
  refuseByHeaders((name) => req.get(name) ?? null, rules.maxBytes)
  if (req.headers.expect !== undefined) res.writeContinue()
  let refuse: (error: unknown) => void = () => undefined
  let stop: () => void = () => undefined
  const reception = new Reception(files, rules, (error) => refuse(error))
  try {
    await new Promise<void>((resolve, reject) => {
      // Multer tells what is wrong only when the client has sent all of its body; the reception at once.
      refuse = reject
      const receive = formReceiver(reception, rules, (parser) => {
        const body = openBody(req)
        stop = () => stopReading(body, parser)
        feed(body, parser, rules.maxBytes, reject)
      })
      receive(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(formRefusal(error))))
    })
    return whole(reception)
  } catch (error) {
    stop()
    await reception.discard()
    throw req.destroyed && !req.complete ? new UploadAborted() : error
  }
}

function formReceiver(reception: Reception, { maxBytes }: UploadRules, start: (parser: Writable) => void) {
  const options = {
    storage: reception,
    // A file name's bytes are UTF-8 (RFC 7578 §5.1).
    defParamCharset: 'utf8',
    limits: {
      fileSize: maxBytes,
      files: 2,
      fields: 64,
      parts: 66,
      fieldSize: 64 * 1024,
      fieldNameSize: 100,
      headerPairs: 20,
    },
    streamHandler: (_req: Request, parser: Writable) => {
      reception.listen(parser)
      start(parser)
    },
  }
  return multer(options).single('file')
}

/** Gives the form to its parser. What is around the file is bounded too, lest a few packed bytes keep it busy for hours. */
function feed({ stream }: BodyStream, parser: Writable, maxBytes: number, refuse: (error: unknown) => void): void {
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > bodyLimit(maxBytes)) refuse(tooLarge(maxBytes))
  })
  stream.on('error', (error: unknown) => refuse(bodyBroken(error)))
  stream.pipe(parser)
}

/** Reads no more of the form; ends the file's stream with an error, so that the store writes no more of it. */
function stopReading(body: BodyStream, parser: Writable): void {
  body.stream.unpipe(parser)
  body.stop()
  parser.destroy()
}

/** What multer or its parser found wrong. */
function formRefusal(error: unknown): unknown {
  if (
    error instanceof multer.MulterError ||
    (error instanceof Error && /^(Multipart|Unexpected end|Malformed)/.test(error.message))
  ) {
    return new Refusal('malformed-request', 'The form is malformed; send multipart/form-data as RFC 7578 describes it.')
  }
  return error
}

function whole(reception: Reception): Received<Upload> {
  const { operationId, key, stored, fields } = reception
  if (stored === null) throw new Refusal('invalid-parameter', 'The form has no file; send one as the part "file".')
  return received({ operationId, key, ...stored, fields }, () => reception.discard())
}
