import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { FileMissing } from '@muster/engine/ports'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { diskFileStore } from '../src/disk-file-store.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'muster-store-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function* chunks(...texts: string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

async function text(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of bytes) parts.push(part)
  return Buffer.concat(parts).toString()
}

describe('diskFileStore', () => {
  it('reads back what was written, from any byte', async () => {
    const store = diskFileStore(folder)
    await store.write('operations/a/source', chunks('hello ', 'world'))
    expect(await text(store.read('operations/a/source'))).toBe('hello world')
    expect(await text(store.read('operations/a/source', 6))).toBe('world')
    expect(await text(store.read('operations/a/source', 3, 8))).toBe('lo wo')
    expect(await text(store.read('operations/a/source', 3, 3))).toBe('')
    expect(await text(store.read('operations/a/source', 8, 99))).toBe('rld')
  })

  it('replaces a file whole', async () => {
    const store = diskFileStore(folder)
    await store.write('a', chunks('a longer text'))
    await store.write('a', chunks('short'))
    expect(await text(store.read('a'))).toBe('short')
  })

  it('leaves nothing behind when the bytes end in an error', async () => {
    const store = diskFileStore(folder)
    async function* broken(): AsyncIterable<Uint8Array> {
      yield Buffer.from('half')
      throw new Error('the client went away')
    }
    await expect(store.write('operations/a/source', broken())).rejects.toThrow('the client went away')
    expect(await readdir(folder, { recursive: true })).toEqual([])
  })

  it('does not touch what others write when a write fails', async () => {
    const store = diskFileStore(folder)
    async function* broken(): AsyncIterable<Uint8Array> {
      yield Buffer.from('half')
      await store.write('operations/b/source', chunks('kept'))
      throw new Error('no')
    }
    await expect(store.write('operations/a/source', broken())).rejects.toThrow('no')
    expect(await text(store.read('operations/b/source'))).toBe('kept')
    expect(await readdir(path.join(folder, 'operations'))).toEqual(['b'])
  })

  it('keeps the old file when its replacement fails', async () => {
    const store = diskFileStore(folder)
    await store.write('a', chunks('old'))
    async function* broken(): AsyncIterable<Uint8Array> {
      yield Buffer.from('new')
      throw new Error('no')
    }
    await expect(store.write('a', broken())).rejects.toThrow('no')
    expect(await text(store.read('a'))).toBe('old')
    expect(await readdir(folder)).toEqual(['a'])
  })

  it('tells which file is missing', async () => {
    await expect(text(diskFileStore(folder).read('operations/none'))).rejects.toEqual(
      new FileMissing('operations/none'),
    )
  })

  it('removes a folder with its files, and again without an error', async () => {
    const store = diskFileStore(folder)
    await store.write('operations/a/source', chunks('x'))
    await store.remove('operations/a')
    await store.remove('operations/a')
    expect(await readdir(path.join(folder, 'operations'))).toEqual([])
  })

  it('lists folders, and none where there is nothing yet', async () => {
    const store = diskFileStore(folder)
    const names = async () => {
      const found: string[] = []
      for await (const { name } of store.folders('operations')) found.push(name)
      return found
    }
    expect(await names()).toEqual([])
    await store.write('operations/a/source', chunks('x'))
    expect(await names()).toEqual(['a'])
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

  it('refuses keys that lead out of the store', () => {
    const store = diskFileStore(folder)
    for (const key of ['../a', '/etc/passwd', 'a//b', '']) {
      expect(() => store.read(key)).toThrow(RangeError)
    }
  })

  it('says so when the folder cannot be used', async () => {
    await writeFile(path.join(folder, 'file'), '')
    await expect(diskFileStore(path.join(folder, 'file')).check()).rejects.toThrow()
    await expect(diskFileStore(path.join(folder, 'new')).check()).resolves.toBeUndefined()
  })
})
