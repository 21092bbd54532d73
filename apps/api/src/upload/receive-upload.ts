import type { Writable } from 'node:stream'
import type { FileStore } from '@muster/engine'
import type { Request, Response } from 'express'
import multer from 'multer'
import { Refusal } from '../refusal.ts'
import { Reception } from './reception.ts'
import type { Upload } from './upload.ts'
import { refuseByHeaders } from './upload-refusals.ts'

export interface UploadRules {
  /** Of the file alone. */
  readonly maxBytes: number
  /** Names of the form's fields, without a closing `[]`. */
  readonly fields: readonly string[]
}

/** An upload, and how it is undone. */
export interface Received {
  readonly upload: Upload
  /** Whether an operation was made of it. */
  readonly kept: boolean
  /** Removes the file, unless the upload is to be kept. */
  finish(): Promise<void>
}

/** The client went before its form was whole: there is nobody to answer. */
export class UploadAborted extends Error {
  constructor() {
    super('the client ended the upload')
    this.name = 'UploadAborted'
  }
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
): Promise<Received> {
  refuseByHeaders((name) => req.get(name) ?? null, rules.maxBytes)
  if (req.headers.expect !== undefined) res.writeContinue()
  let refuse: (error: unknown) => void = () => undefined
  let parser: Writable | null = null
  const reception = new Reception(files, rules, (error) => refuse(error))
  try {
    await new Promise<void>((resolve, reject) => {
      // Multer tells what is wrong only when the client has sent all of its body; the reception at once.
      refuse = reject
      const receive = formReceiver(reception, rules, (stream) => {
        parser = stream
      })
      receive(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(formRefusal(error))))
    })
    return received(reception)
  } catch (error) {
    stop(req, parser)
    await reception.discard()
    throw req.destroyed && !req.complete ? new UploadAborted() : error
  }
}

function formReceiver(reception: Reception, { maxBytes }: UploadRules, onParser: (parser: Writable) => void) {
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
    streamHandler: (req: Request, parser: Writable) => {
      reception.listen(parser)
      onParser(parser)
      req.pipe(parser)
    },
  }
  return multer(options).single('file')
}

/** Reads no more of the form; ends the file's stream with an error, so that the store writes no more of it. */
function stop(req: Request, parser: Writable | null): void {
  if (parser === null) return
  req.unpipe(parser)
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

function received(reception: Reception): Received {
  const { operationId, key, stored, fields } = reception
  if (stored === null) throw new Refusal('invalid-parameter', 'The form has no file; send one as the part "file".')
  let kept = false
  const upload: Upload = {
    operationId,
    key,
    ...stored,
    fields,
    keep: () => {
      kept = true
    },
  }
  return {
    upload,
    get kept() {
      return kept
    },
    finish: async () => {
      if (!kept) await reception.discard()
    },
  }
}
