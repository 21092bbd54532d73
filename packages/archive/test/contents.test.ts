import { randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { FileMissing } from '@muster/engine/ports'
import { type ZipEntry, type ZipOptions, zip, zipExtra } from '@muster/testkit'
import { describe, expect, it } from 'vitest'
import { nested } from './nested-files.ts'
import { entriesOf, expectRefused, readerWithin, stored, textsIn } from './reading.ts'

const HELLO = Buffer.from('hello')
const textIn = async (entry: Partial<ZipEntry>, options?: ZipOptions) =>
  (await textsIn(zip([{ name: 'a', data: HELLO, ...entry }], options)))[0]

describe('archiveContents', () => {
  it('reads files that are stored or deflated, in every form of archive', async () => {
    for (const method of [0, 8]) {
      expect(await textIn({ method })).toBe('hello')
      expect(await textIn({ method, data: Buffer.alloc(0) })).toBe('')
      expect(await textIn({ method, flags: 0x8 })).toBe('hello')
      expect(await textIn({ method, localExtra: zipExtra(0x9999, Buffer.alloc(60_000)) })).toBe('hello')
      const options = { zip64: true, comment: Buffer.from('comment'), front: Buffer.alloc(300) }
      expect(await textIn({ method, flags: 0x8 }, options)).toBe('hello')
    }
  })

  it('reads files in whatever order, with what was read staying as it was', async () => {
    const files = Array.from({ length: 300 }, (_, index) => ({
      name: `${index}`,
      data: randomBytes(3000),
      method: (index % 2) * 8,
    }))
    const archive = zip(files)
    const entries = await entriesOf(archive)
    const contents = readerWithin().contents(stored(archive))
    const order = entries.map((_, index) => (index * 77) % entries.length)
    const read = []
    for (const index of order) read.push(await contents.read(entries[index] ?? expect.fail()))
    for (const [at, index] of order.entries()) expect(files[index]?.data.equals(read[at] as Uint8Array)).toBe(true)
  })

  it('gives files that do not keep more of the archive in memory', async () => {
    const archive = zip([{ name: 'a', data: HELLO, method: 0 }], { comment: Buffer.alloc(60_000) })
    const [entry = expect.fail()] = await entriesOf(archive)
    const file = await readerWithin().contents(stored(archive)).read(entry)
    expect(file).toHaveProperty('buffer.byteLength', 5)
  })

  it('tells sizes and checksums that lie', async () => {
    for (const method of [0, 8]) {
      const lie = { method, packedBytes: method === 0 ? 5 : undefined }
      expect(await textIn({ ...lie, crc32: 1 })).toBe('CRC_MISMATCH')
      expect(await textIn({ ...lie, bytes: 4 })).toBe('ENTRY_DAMAGED')
      expect(await textIn({ ...lie, bytes: 6 })).toBe('ENTRY_DAMAGED')
      expect(await textIn({ ...lie, bytes: 0 })).toBe('ENTRY_DAMAGED')
    }
    expect(await textIn({ packedBytes: 3 })).toBe('ENTRY_DAMAGED')
    expect(await textIn({ method: 0, packedBytes: 4, bytes: 4 })).toBe('CRC_MISMATCH')
  })

  it('tells packed bytes that are none, go on after the file, or are not all there', async () => {
    const packed = deflateRawSync(HELLO)
    expect(await textIn({ packed: randomBytes(5).fill(0xff, 0, 1) })).toBe('ENTRY_DAMAGED')
    expect(await textIn({ packed: Buffer.concat([packed, HELLO]) })).toBe('ENTRY_DAMAGED')
    expect(await textIn({ packed: packed.subarray(0, -1) })).toBe('ENTRY_DAMAGED')
    expect(await textIn({ packed: Buffer.alloc(0) })).toBe('ENTRY_DAMAGED')
  })

  it('tells local headers that are not where they should be, or tell of another file', async () => {
    const [entry] = await entriesOf(zip([{ name: 'a', data: HELLO }]))
    const archive = zip([{ name: 'a', data: HELLO }], { front: Buffer.from('moved') })
    const contents = readerWithin().contents(stored(archive))
    for (const offset of [0, 6, archive.length - 29, archive.length, 2 ** 40]) {
      expect(await contents.read({ ...(entry ?? expect.fail()), offset })).toEqual({ code: 'ENTRY_DAMAGED' })
    }
    expect(await textIn({ localMethod: 0 })).toBe('ENTRY_DAMAGED')
    const encrypted = zip([{ name: 'a', data: HELLO }])
    encrypted.writeUInt16LE(0x801, 6)
    expect(await textsIn(encrypted)).toEqual(['ENTRY_ENCRYPTED'])
  })

  it('tells data that would reach beyond the archive', async () => {
    const archive = zip([{ name: 'a', data: HELLO, method: 0 }])
    archive.writeUInt16LE(0xffff, 28)
    expect(await textsIn(archive)).toEqual(['ENTRY_DAMAGED'])
  })

  it.each(Object.entries(nested))('tells a file of %s', async (_, data) => {
    expect(await textIn({ data })).toBe('NESTED_ARCHIVE')
    expect(await textIn({ data, method: 0 })).toBe('NESTED_ARCHIVE')
    expect(await textIn({ data: data.subarray(1) })).not.toBe('NESTED_ARCHIVE')
  })

  it('reads nothing of an entry with which something is wrong by the directory', async () => {
    const archive = stored(zip([{ name: 'a', data: HELLO, unixMode: 0o120777 }]))
    for await (const [entry] of readerWithin().entries(archive)) {
      const before = archive.counts.times
      expect(
        await readerWithin()
          .contents(archive)
          .read(entry ?? expect.fail()),
      ).toEqual({ code: 'SYMLINK' })
      expect(archive.counts.times).toBe(before)
    }
  })

  it('passes on what the store says, and refuses an archive that has become shorter', async () => {
    const archive = zip([{ name: 'a', data: HELLO }])
    const [entry = expect.fail()] = await entriesOf(archive)
    const cut = { ...stored(archive.subarray(0, 32)), bytes: archive.length }
    await expectRefused(readerWithin().contents(cut).read(entry), /damaged/)
    const missing = {
      bytes: archive.length,
      // biome-ignore lint/correctness/useYield: it has nothing to give.
      async *read(): AsyncIterable<Uint8Array> {
        throw new FileMissing('operations/1/source')
      },
    }
    await expect(readerWithin().contents(missing).read(entry)).rejects.toThrow(FileMissing)
  })

  it('reads small files in order in large steps', async () => {
    const files = Array.from({ length: 2000 }, (_, index) => ({ name: `${index}`, data: randomBytes(1500), method: 0 }))
    const bytes = zip(files)
    const archive = stored(bytes)
    const contents = readerWithin().contents(archive)
    for (const entry of await entriesOf(bytes)) await contents.read(entry)
    expect(archive.counts.times).toBeLessThan(20)
    expect(archive.counts.bytes).toBeLessThan(bytes.length * 1.1)
  })
})
