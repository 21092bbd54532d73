import { randomUUID } from 'node:crypto'
import type { Writable } from 'node:stream'
import type { FileStore } from '@muster/engine'
import type { Request } from 'express'
import type { StorageEngine } from 'multer'
import { Refusal } from '../refusal.ts'
import { plainName } from './file-name.ts'
import { storeFile } from './store-file.ts'
import type { ReceivedFile } from './upload.ts'
import { tooLarge } from './upload-refusals.ts'

/** Where an upload's files are: named for the operation that will be made of it. */
export const UPLOADS_FOLDER = 'operations'

type StoringDone = Parameters<StorageEngine['_handleFile']>[2]
type UploadedFile = Parameters<StorageEngine['_handleFile']>[1]

/**
 * One multipart form on its way in: multer's storage engine for its file, and the listener to its
 * fields. It gives up at the first thing that is wrong, rather than when the whole form is read.
 */
export class Reception implements StorageEngine {
  readonly operationId = randomUUID()
  readonly key = `${UPLOADS_FOLDER}/${this.operationId}/source`
  readonly fields = new Map<string, string[]>()
  /** The file, once all of it is durable. */
  stored: Pick<ReceivedFile, 'fileName' | 'bytes' | 'sha256' | 'sample'> | null = null

  readonly #files: FileStore
  readonly #maxBytes: number
  readonly #expected: ReadonlySet<string>
  readonly #refuse: (error: unknown) => void
  #parts = 0
  #writing: Promise<void> = Promise.resolve()

  /** @param refuse called with the first thing that is wrong, and maybe more after it */
  constructor(
    files: FileStore,
    rules: { readonly maxBytes: number; readonly fields: readonly string[] },
    refuse: (error: unknown) => void,
  ) {
    this.#files = files
    this.#maxBytes = rules.maxBytes
    this.#expected = new Set(rules.fields)
    this.#refuse = refuse
  }

  /** Listens to the form's parser, so that what is wrong is known when it comes. */
  listen(parser: Writable): void {
    parser.on(
      'field',
      (name: string | undefined, value: string, info: { nameTruncated: boolean; valueTruncated: boolean }) =>
        this.#field(name ?? '', value, info.nameTruncated || info.valueTruncated),
    )
    parser.on('file', (name: string | undefined) => this.#filePart(name ?? ''))
    for (const event of ['partsLimit', 'fieldsLimit', 'filesLimit']) {
      parser.on(event, () => this.#refuse(new Refusal('malformed-request', 'The form has too many parts.')))
    }
    parser.on('error', () => this.#refuse(new Refusal('malformed-request', 'The form is malformed or ends early.')))
  }

  _handleFile(_request: Request, file: UploadedFile, done: StoringDone): void {
    file.stream.on('limit', () => this.#refuse(tooLarge(this.#maxBytes)))
    this.#writing = this.#store(file).then(
      () => done(null, {}),
      (error: unknown) => {
        this.#refuse(error)
        done(error)
      },
    )
  }

  /** Nothing to do here: what is left of a refused form is removed by `discard`, also where multer would not ask. */
  _removeFile(_request: Request, _file: UploadedFile, done: (error: Error | null) => void): void {
    done(null)
  }

  /** Removes what was stored, once nothing more is being written. */
  async discard(): Promise<void> {
    await this.#writing
    await this.#files.remove(`${UPLOADS_FOLDER}/${this.operationId}`)
  }

  #field(name: string, value: string, truncated: boolean): void {
    const plain = name.replace(/\[\]$/, '')
    if (truncated)
      return this.#refuse(new Refusal('malformed-request', 'The name or value of a form field is too long.'))
    if (plain === 'file')
      return this.#refuse(new Refusal('invalid-parameter', 'Send file as a file part, with a file name.'))
    if (!this.#expected.has(plain)) return this.#refuse(this.#unexpected(name))
    this.fields.set(plain, [...(this.fields.get(plain) ?? []), value])
  }

  #filePart(name: string): void {
    this.#parts++
    if (name !== 'file') return this.#refuse(this.#unexpected(name))
    if (this.#parts > 1) this.#refuse(new Refusal('invalid-parameter', 'The form has more than one file; send one.'))
  }

  #unexpected(name: string): Refusal {
    const shown = name.slice(0, 40).replace(/[^\w.[\]-]/g, '?')
    const expected = ['file', ...this.#expected].join(', ')
    return new Refusal(
      'invalid-parameter',
      `The form has a part "${shown}" that is not expected; expected are ${expected}.`,
    )
  }

  async #store(file: UploadedFile): Promise<void> {
    // When the store stops reading, its reason is the one to tell, not that the stream was destroyed.
    const bytes: AsyncIterable<Buffer> = file.stream.iterator({ destroyOnReturn: false })
    const broken = () => new Refusal('malformed-request', 'The form is malformed or ends early.')
    const stored = await storeFile(this.#files, this.key, bytes, { maxBytes: this.#maxBytes, broken })
    this.stored = { fileName: plainName(file.originalname) ?? 'file', ...stored }
  }
}
