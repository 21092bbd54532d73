import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { testFolder } from '@muster/testkit'

const run = promisify(execFile)

export interface OpenedPass {
  readonly json: Readonly<Record<string, unknown>>
  readonly files: ReadonlyMap<string, Buffer>
  /** Files by the SHA-1 that the manifest says they have. */
  readonly manifest: Readonly<Record<string, string>>
  /** What the manifest should say: the real hashes of all files but itself and the signature. */
  readonly hashes: Readonly<Record<string, string>>
  /** Throws unless openssl finds the signature to be of the manifest, by a certificate that the authority issued. */
  verify(authorityPem: string): Promise<void>
}

/** Opens a `.pkpass` with unzip, as a stranger to the code that made it. */
export async function openPass(pkpass: Uint8Array): Promise<OpenedPass> {
  const folder = await testFolder()
  await writeFile(join(folder, 'a.pkpass'), pkpass)
  await mkdir(join(folder, 'pass'))
  await run('unzip', ['-q', 'a.pkpass', '-d', 'pass'], { cwd: folder })
  const names = await readdir(join(folder, 'pass'))
  const files = new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, 'pass', name))] as const)),
  )
  const hashed = names.filter((name) => name !== 'manifest.json' && name !== 'signature')
  return {
    json: JSON.parse(String(files.get('pass.json'))),
    files,
    manifest: JSON.parse(String(files.get('manifest.json'))),
    hashes: Object.fromEntries(hashed.map((name) => [name, sha1(files.get(name) ?? Buffer.alloc(0))])),
    async verify(authorityPem) {
      await writeFile(join(folder, 'authority.pem'), authorityPem)
      const input = ['-inform', 'DER', '-in', 'pass/signature', '-content', 'pass/manifest.json', '-binary']
      const trust = ['-CAfile', 'authority.pem', '-purpose', 'any', '-out', 'content']
      await run('openssl', ['smime', '-verify', ...input, ...trust], { cwd: folder })
    },
  }
}

function sha1(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex')
}
