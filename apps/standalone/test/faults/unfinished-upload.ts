import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { readdir, stat, utimes } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import type { Access } from './requests.ts'
import type { Form } from './upload.ts'

const BOUNDARY = 'muster-faults'

/** An upload that is not finished: it has sent the beginning of a file and keeps the rest to itself. */
export interface UnfinishedUpload {
  /** Resolves when the connection is gone. */
  readonly broken: Promise<void>
}

/** Begins to post a new operation, and stops after so many bytes of its file, which is longer. */
export async function beginUpload({ api, token }: Access, form: Form, bytes: number): Promise<UnfinishedUpload> {
  const { size } = await stat(form.path)
  if (size <= bytes) throw new RangeError('the file is too short to be cut')
  const part = (name: string) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`
  const fields = Object.entries(form.fields).map(([name, value]) => `${part(name)}\r\n\r\n${value}\r\n`)
  const head = `${fields.join('')}${part('file')}; filename="${form.fileName}"\r\nContent-Type: application/octet-stream\r\n\r\n`
  const sent = request(new URL('/v1/operations', api), {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
      'Content-Length': Buffer.byteLength(head) + size + Buffer.byteLength(`\r\n--${BOUNDARY}--\r\n`),
    },
  })
  const broken = new Promise<void>((resolve) => {
    sent.on('error', () => resolve())
    sent.on('close', () => resolve())
  })
  sent.write(head)
  for await (const block of createReadStream(form.path, { end: bytes - 1 })) {
    if (!sent.write(block)) await Promise.race([once(sent, 'drain'), broken])
  }
  return { broken }
}

/** The folders of uploads that are in the file store, with the bytes each holds. */
export async function uploads(dataFolder: string): Promise<ReadonlyMap<string, number>> {
  const root = join(dataFolder, 'files', 'operations')
  const found = new Map<string, number>()
  for (const name of await readdir(root).catch(() => [])) {
    const files = await readdir(join(root, name))
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(root, name, file))).size))
    found.set(
      name,
      sizes.reduce((total, size) => total + size, 0),
    )
  }
  return found
}

/** Makes an upload's folder, and the files in it, look as if nothing had changed in them for so many seconds. */
export async function ageUpload(dataFolder: string, name: string, seconds: number): Promise<void> {
  const folder = join(dataFolder, 'files', 'operations', name)
  const changed = Date.now() / 1_000 - seconds
  for (const file of await readdir(folder)) await utimes(join(folder, file), changed, changed)
  await utimes(folder, changed, changed)
}
