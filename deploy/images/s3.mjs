// The S3 store of the tests, for as long as images are looked at.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Its only key and secret. */
export const S3_KEY = 'S3RVER'

/** Starts it with an empty bucket `muster`; answers its address and what stops it. */
export async function startS3(root, folder) {
  const require = createRequire(join(root, 'packages/storage/package.json'))
  const program = join(dirname(require.resolve('s3rver')), '../bin/s3rver.js')
  mkdirSync(folder)
  const flags = ['--directory', folder, '--address', '127.0.0.1', '--port', '0', '--configure-bucket', 'muster']
  // Its lists are cut by a cipher that OpenSSL 3 has retired.
  const child = spawn(process.execPath, ['--openssl-legacy-provider', program, ...flags], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exited = once(child, 'exit')
  const url = await new Promise((resolve, reject) => {
    let output = ''
    child.stdout.on('data', (bytes) => {
      output += bytes
      const [, port] = /listening on \S*?:(\d+)/.exec(output) ?? []
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`)
    })
    exited.then(() => reject(new Error(`s3rver ended: ${output}`)))
  })
  const stop = async () => {
    child.kill()
    await exited
  }
  return { url, stop }
}
