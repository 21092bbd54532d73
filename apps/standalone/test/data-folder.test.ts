import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { testFolder } from '@muster/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDataFolder } from '../src/data-folder.ts'
import { StartRefused } from '../src/start-refused.ts'

describe('the data folder', () => {
  it('is made for its owner alone', async () => {
    const path = join(await testFolder(), 'new', 'data')
    await openDataFolder(path)
    expect((await stat(path)).mode & 0o777).toBe(0o700)
  })

  it('is refused while a living process has it, and named with it', async () => {
    const path = await testFolder()
    const holder = await openDataFolder(path)
    await expect(openDataFolder(path)).rejects.toThrow(`${path} is in use by another Muster (process ${process.pid})`)
    await holder.release()
    expect((await openDataFolder(path)).wasInUse).toBe(false)
  })

  it('goes to the next process when its holder was killed', async () => {
    const path = await testFolder()
    await holdAndDie(path)
    expect((await openDataFolder(path)).wasInUse).toBe(true)
  })

  it('is not held by a later process that got the same id', async () => {
    const path = await testFolder()
    await writeFile(join(path, 'lock'), JSON.stringify({ pid: process.pid, began: 'long ago' }))
    expect((await openDataFolder(path)).wasInUse).toBe(true)
  })

  it('goes to one of many that want it after a crash', async () => {
    const path = await testFolder()
    await writeFile(join(path, 'lock'), JSON.stringify({ pid: 4_000_000, began: 'long ago' }))
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => openDataFolder(path)))
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it("does not take over somebody else's folder", async () => {
    const path = join(await testFolder(), 'shared')
    await mkdir(path)
    await chmod(path, 0o755)
    await writeFile(join(path, 'letter.txt'), '')
    await expect(openDataFolder(path)).rejects.toThrow(StartRefused)
    expect((await stat(path)).mode & 0o777).toBe(0o755)
  })
})

/** A process of its own opens the folder and is killed. */
async function holdAndDie(path: string): Promise<void> {
  const module = fileURLToPath(new URL('../dist/data-folder.js', import.meta.url))
  const program = `import(${JSON.stringify(module)}).then((m) => m.openDataFolder(${JSON.stringify(path)})).then(() => { console.log('held'); setInterval(() => {}, 1000) })`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
}
