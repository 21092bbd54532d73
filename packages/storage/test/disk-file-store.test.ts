import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { diskFileStore } from '../src/disk-file-store.ts'
import { chunks } from './bytes.ts'
import { fileStoreContract } from './file-store-contract.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'muster-store-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('diskFileStore', () => {
  fileStoreContract(async () => diskFileStore(await mkdtemp(path.join(folder, 'store-'))), { runs: 50 })

  it('leaves no part and no folder behind when the bytes end in an error', async () => {
    const store = diskFileStore(folder)
    await store.write('b', chunks('old'))
    async function* broken(): AsyncIterable<Uint8Array> {
      yield Buffer.from('half')
      throw new Error('the client went away')
    }
    await expect(store.write('operations/a/source', broken())).rejects.toThrow('the client went away')
    await expect(store.write('b', broken())).rejects.toThrow('the client went away')
    expect(await readdir(folder, { recursive: true })).toEqual(['b'])
  })

  it('tells a folder as changed while a file in it is still being written', async () => {
    const store = diskFileStore(folder)
    const changes: Date[] = []
    const changedAt = async () => {
      for await (const each of store.folders('operations')) changes.push(each.changedAt)
    }
    async function* slow(): AsyncIterable<Uint8Array> {
      yield Buffer.from('one')
      // The folder itself has not changed for an hour.
      await utimes(path.join(folder, 'operations', 'a'), new Date(0), new Date(Date.now() - 3_600_000))
      await changedAt()
      yield Buffer.from('two')
    }
    await store.write('operations/a/source', slow())
    expect(changes[0]?.getTime()).toBeGreaterThan(Date.now() - 60_000)
  })

  it('clears away what a killed writer of the same file left', async () => {
    const store = diskFileStore(folder)
    await writeFile(path.join(folder, 'copy.0c9d.part'), 'half')
    await store.write('copy', chunks('whole'))
    expect(await readdir(folder)).toEqual(['copy'])
  })

  it('says so when the folder cannot be used', async () => {
    await writeFile(path.join(folder, 'file'), '')
    await expect(diskFileStore(path.join(folder, 'file')).check()).rejects.toThrow()
    await expect(diskFileStore(path.join(folder, 'new')).check()).resolves.toBeUndefined()
  })
})
