import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { S3Settings } from '../src/s3/s3-settings.ts'

export interface S3Server {
  readonly port: number
  /** Of the bucket `muster`. */
  readonly settings: S3Settings
  /** Where its objects are: `key` in `key._S3rver_object`. */
  readonly bucket: string
  /** Where the uploads in parts are that are not over, a folder each. */
  readonly uploads: string
  /** All that can be read, by its keys. */
  objects(): Promise<string[]>
  stop(): Promise<void>
}

export function settingsFor(port: number, more: Partial<S3Settings> = {}): S3Settings {
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
    serverSideEncryption: null,
    kmsKeyId: null,
    forcePathStyle: true,
    ...more,
  }
}

/** Starts a real S3 server in a process and a folder of its own. */
export async function s3Server(): Promise<S3Server> {
  const folder = await mkdtemp(path.join(tmpdir(), 'muster-s3-'))
  const program = fileURLToPath(new URL('./s3-server-process.mjs', import.meta.url))
  // Its lists go on by tokens that it encrypts with DES.
  const child = spawn(process.execPath, ['--openssl-legacy-provider', program, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(() => Promise.reject(new Error('the S3 server did not start'))),
  ])
  const port = Number(/\d+$/.exec(String(line))?.[0])
  const bucket = path.join(folder, 'muster')
  return {
    port,
    settings: settingsFor(port),
    bucket,
    uploads: path.join(bucket, '._S3rver_uploads'),
    objects: async () => {
      const names = await readdir(bucket, { recursive: true })
      return names.filter((name) => name.endsWith('._S3rver_object')).map((name) => name.replace('._S3rver_object', ''))
    },
    stop: async () => {
      child.stdin.end()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
