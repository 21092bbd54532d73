import { randomUUID } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { Bucket } from './bucket.ts'
import type { Part } from './parts.ts'
import { S3Failure, told } from './s3-failure.ts'

/** Metadata of an object: which upload it was. */
const MARK = 'muster-upload'

/**
 * An object on its way in parts (S3's multipart upload), which nobody sees before it is complete.
 *
 * Not by @aws-sdk/lib-storage: all its parts are of one size, so that 10,000 of 8 MiB would end at 78 GiB, and when one
 * of them fails it reads and sends the rest of the file before it tells.
 */
export class PartedUpload {
  readonly #bucket: Bucket
  readonly #key: string
  readonly #id: string
  readonly #mark: string
  readonly #sent: CompletedPart[] = []
  #sending: Promise<void> = Promise.resolve()

  private constructor(bucket: Bucket, key: string, { id, mark }: { readonly id: string; readonly mark: string }) {
    this.#bucket = bucket
    this.#key = key
    this.#id = id
    this.#mark = mark
  }

  static async begin(bucket: Bucket, key: string): Promise<PartedUpload> {
    const { client, name, encryption } = bucket
    const mark = randomUUID()
    const command = new CreateMultipartUploadCommand({
      Bucket: name,
      Key: key,
      Metadata: { [MARK]: mark },
      ...encryption,
    })
    const { UploadId: id } = await told('CreateMultipartUpload', client.send(command))
    if (id === undefined) throw new S3Failure('CreateMultipartUpload', 'NoUploadId')
    return new PartedUpload(bucket, key, { id, mark })
  }

  /** Returns when the part before is there and this one is on its way. Throws the S3Failure of the one before. */
  async add(part: Part): Promise<void> {
    await this.#sending
    this.#sending = this.#send(part)
    // It is thrown with the next part, or at the end, which may come much later.
    this.#sending.catch(() => undefined)
  }

  /** Makes an object of the parts. */
  async complete(): Promise<void> {
    await this.#sending
    const { client, name } = this.#bucket
    const command = new CompleteMultipartUploadCommand({
      Bucket: name,
      Key: this.#key,
      UploadId: this.#id,
      MultipartUpload: { Parts: this.#sent },
    })
    try {
      await told('CompleteMultipartUpload', client.send(command))
    } catch (error) {
      // When an answer is lost, the next attempt finds no upload any more, but the object is there.
      if (!(await this.#isThere())) throw error
    }
  }

  /** Gives up what was sent. What cannot be given up now is when the file or its folder is removed. */
  async abort(): Promise<void> {
    const { client, name } = this.#bucket
    // A part that arrives after the end of its upload would be kept.
    await this.#sending.catch(() => undefined)
    const command = new AbortMultipartUploadCommand({ Bucket: name, Key: this.#key, UploadId: this.#id })
    // The error that led here is the one to tell.
    await client.send(command).catch(() => undefined)
  }

  async #send({ number, bytes }: Part): Promise<void> {
    const { client, name } = this.#bucket
    const command = new UploadPartCommand({
      Bucket: name,
      Key: this.#key,
      UploadId: this.#id,
      PartNumber: number,
      Body: bytes,
    })
    const { ETag } = await told('UploadPart', client.send(command))
    this.#sent.push({ PartNumber: number, ETag })
  }

  async #isThere(): Promise<boolean> {
    const { client, name } = this.#bucket
    return client.send(new HeadObjectCommand({ Bucket: name, Key: this.#key })).then(
      ({ Metadata }) => Metadata?.[MARK] === this.#mark,
      () => false,
    )
  }
}
