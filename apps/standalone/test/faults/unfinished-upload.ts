import { once } from 'node:events'
import { readdir, stat, utimes } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'

const BOUNDARY = 'muster-faults'
const BLOCK = Buffer.from(`${'x'.repeat(1_023)}\n`.repeat(1_024))

/** An upload that is not finished: it has sent some MiB of a file and keeps the rest to itself. */
export interface UnfinishedUpload {
  /** Resolves when the connection is gone. */
  readonly broken: Promise<void>
}

/** Begins an upload of a longer file than it sends. */
export async function beginUpload(api: string, token: string, mebibytes: number): Promise<UnfinishedUpload> {
  const sent = request(new URL('/v1/operations', api), {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
      'Content-Length': 2 * mebibytes * BLOCK.length,
    },
  })
  const broken = new Promise<void>((resolve) => {
    sent.on('error', () => resolve())
    sent.on('close', () => resolve())
  })
  const part = (name: string) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`
  sent.write(
    `${part('type')}\r\n\r\nIMPORT_USERS\r\n${part('file')}; filename="cut.csv"\r\nContent-Type: text/csv\r\n\r\n`,
  )
  sent.write('userId,firstName\n')
  for (let i = 0; i < mebibytes; i++) {
    if (!sent.write(BLOCK)) await Promise.race([once(sent, 'drain'), broken])
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
