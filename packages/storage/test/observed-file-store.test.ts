import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { FileMissing, type FileStore } from '@muster/engine/ports'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { diskFileStore, diskSpace, observedFileStore } from '../src/index.ts'

let folder: string
let disk: FileStore
let files: FileStore
let told: { call: string; seconds: number }[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-observed-'))
  disk = diskFileStore(folder)
  told = []
  files = observedFileStore(disk, (call, seconds) => void told.push({ call, seconds }))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const calls = () => told.map(({ call }) => call)
async function* bytes(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}
async function read(key: string, from?: number, to?: number): Promise<string> {
  const read: Uint8Array[] = []
  for await (const each of files.read(key, from, to)) read.push(each)
  return Buffer.concat(read).toString()
}

describe('an observed file store', () => {
  it('does what the store does, and tells of each call once', async () => {
    await files.write('a/b', bytes('one ', 'two'))
    expect(await read('a/b')).toBe('one two')
    expect(await read('a/b', 4, 6)).toBe('tw')
    await files.check()
    await files.remove('a')
    expect(calls()).toEqual(['write', 'read', 'read', 'check', 'remove'])
  })

  it('does not count the time in which whoever sends the bytes takes his', async () => {
    const slow = async function* () {
      yield Buffer.from('one')
      await delay(400)
      yield Buffer.from('two')
    }
    const started = performance.now()
    await files.write('a', slow())
    const [write] = told
    expect(write?.seconds).toBeLessThan((performance.now() - started) / 1_000 - 0.39)
  })

  it('tells of a read when its first byte is there, however long the rest takes', async () => {
    await files.write('a', bytes('x'.repeat(600_000)))
    for await (const _ of files.read('a')) {
      expect(calls()).toEqual(['write', 'read'])
      break
    }
    expect(calls()).toEqual(['write', 'read'])
  })

  it('fails as the store does, and tells of that too', async () => {
    await expect(read('missing')).rejects.toThrow(FileMissing)
    await rm(folder, { recursive: true })
    await disk.write('check', bytes('x'))
    const broken = async function* () {
      yield Buffer.from('one')
      throw new Error('the client went away')
    }
    await expect(files.write('a', broken())).rejects.toThrow('the client went away')
    // The store had no part in that.
    expect(calls()).toEqual(['read'])
  })
})

describe('the space of a disk', () => {
  it('is told of a folder, also before it is made', async () => {
    const space = diskSpace(pathToFileURL(join(folder, 'not', 'yet')).href)
    const { freeBytes, sizeBytes } = (await space?.()) ?? { freeBytes: 0, sizeBytes: 0 }
    expect(freeBytes).toBeGreaterThan(0)
    expect(sizeBytes).toBeGreaterThan(freeBytes)
  })

  it('is not told of what is on no disk', () => {
    expect(diskSpace('s3://bucket/prefix')).toBeNull()
  })
})
