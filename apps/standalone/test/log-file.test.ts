import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { testFolder } from '@muster/testkit'
import { describe, expect, it } from 'vitest'
import { LogFile } from '../src/log-file.ts'

const MIB = 1024 ** 2

describe('a log file', () => {
  it('goes on after what is there', async () => {
    const path = join(await testFolder(), 'api.log')
    await writeFile(path, 'yesterday\n')
    await write(path, [Buffer.from('today\n')])
    expect(await readFile(path, 'utf8')).toBe('yesterday\ntoday\n')
  })

  it('never grows beyond 16 MiB, nor does the one before it', async () => {
    const path = join(await testFolder(), 'api.log')
    await write(
      path,
      Array.from({ length: 50 }, () => Buffer.alloc(MIB)),
    )
    expect((await stat(path)).size).toBeLessThanOrEqual(16 * MIB)
    expect((await stat(`${path}.1`)).size).toBeLessThanOrEqual(16 * MIB)
  })

  it('loses lines rather than stop the process when it cannot be written', async () => {
    const log = new LogFile(join(await testFolder(), 'no', 'such', 'folder.log'))
    log.end('lost\n')
    await expect(finished(log)).resolves.toBeUndefined()
  })
})

async function write(path: string, chunks: readonly Buffer[]): Promise<void> {
  const log = new LogFile(path)
  for (const chunk of chunks) log.write(chunk)
  log.end()
  await finished(log)
}
