import type { FileStore } from '@muster/engine'
import type { Request, Response } from 'express'
import { bodyBroken, openBody } from './body-stream.ts'
import { fileNameIn } from './file-name.ts'
import { isZip, mediaType } from './media-type.ts'
import { type Received, received, UploadAborted } from './received.ts'
import { storeFile } from './store-file.ts'
import { refuseByHeaders } from './upload-refusals.ts'

interface DataRules {
  /** Where the file goes. */
  readonly key: string
  readonly maxBytes: number
}

/**
 * Receives a body that is a file into the file store; see `PublicRequest.data`.
 * Throws a Refusal, UploadAborted, or what the file store throws; nothing stays behind then.
 */
export async function receiveData(
  req: Request,
  res: Response,
  files: FileStore,
  { key, maxBytes }: DataRules,
): Promise<Received> {
  refuseByHeaders((name) => req.get(name) ?? null, maxBytes)
  if (req.headers.expect !== undefined) res.writeContinue()
  const body = openBody(req)
  try {
    // The connection must outlive the reading: a refusal is still to be answered.
    const bytes: AsyncIterable<Buffer> = body.stream.iterator({ destroyOnReturn: false })
    const stored = await storeFile(files, key, bytes, { maxBytes, broken: bodyBroken })
    const otherwise = isZip(mediaType(req.get('content-type') ?? null)) ? 'data.zip' : 'data.csv'
    const fileName = fileNameIn(req.get('content-disposition') ?? null) ?? otherwise
    return received({ key, fileName, ...stored }, () => files.remove(key))
  } catch (error) {
    throw req.destroyed && !req.complete ? new UploadAborted() : error
  } finally {
    body.stop()
  }
}
