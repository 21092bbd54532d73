import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimFolder, keptPassword, readText } from '../src/server-folder.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('a server folder', () => {
  let temporary: Awaited<ReturnType<typeof temporaryFolder>>
  beforeEach(async () => {
    temporary = await temporaryFolder()
  })
  afterEach(() => temporary.remove())

  it('is free again after its release', async () => {
    const release = await claimFolder(temporary.path)
    expect(await readdir(temporary.path)).toEqual(['owner'])
    await release()
    await release()
    expect(await readdir(temporary.path)).toEqual([])
  })

  it('stays claimed when an earlier claim of the same process is released late', async () => {
    const first = await claimFolder(temporary.path)
    const second = await claimFolder(temporary.path)
    await first()
    expect(await readdir(temporary.path)).toEqual(['owner'])
    await second()
    expect(await readdir(temporary.path)).toEqual([])
  })

  it('keeps one password, which only its owner can read', async () => {
    const file = join(temporary.path, 'password')
    const password = await keptPassword(file)
    expect(password).toMatch(/^[0-9a-f]{48}$/)
    expect(await keptPassword(file)).toBe(password)
    expect(await readText(file)).toBe(password)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })
})
