import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { testFolder } from '@muster/testkit'

const run = promisify(execFile)

/** The `pass.json` of a `.pkpass` that was answered; throws when that is no archive, or its signature not of that authority. */
export async function passJson(answer: Response, wwdrCertificate: string): Promise<Record<string, unknown>> {
  const folder = await testFolder()
  await writeFile(join(folder, 'a.pkpass'), Buffer.from(await answer.arrayBuffer()))
  await writeFile(join(folder, 'authority.pem'), wwdrCertificate)
  await run('unzip', ['-q', 'a.pkpass'], { cwd: folder })
  const input = ['-inform', 'DER', '-in', 'signature', '-content', 'manifest.json', '-binary']
  const trust = ['-CAfile', 'authority.pem', '-purpose', 'any', '-out', 'content']
  await run('openssl', ['smime', '-verify', ...input, ...trust], { cwd: folder })
  const { stdout } = await run('cat', ['pass.json'], { cwd: folder })
  return JSON.parse(stdout)
}
