import { type ZipEntry, zip } from '@muster/testkit'
import { describe, expect, it } from 'vitest'
import { ARCHIVE_LIMITS } from '../src/index.ts'
import { entriesOf, expectRefused, hollow, readerWithin, stored } from './reading.ts'

const MIB = 1024 * 1024
const files = (count: number): ZipEntry[] =>
  Array.from({ length: count }, (_, index) => ({ name: `${index}`, data: Buffer.from('x'), method: 0 }))
const check = (archive: Buffer, limits = {}): Promise<void> => readerWithin(limits).check(stored(archive))

describe('the default limits', () => {
  it('are those that the documentation tells', () => {
    expect(ARCHIVE_LIMITS).toEqual({
      maxEntries: 1_000_000,
      maxEntryBytes: MIB,
      maxUnpackedBytes: 4096 * MIB,
      maxRatio: 200,
      maxDirectoryBytes: 256 * MIB,
    })
  })

  it('take a million entries, known from the end record alone', async () => {
    // A directory of zeros, large enough for so many, between the ZIP64 end record and what tells where that is.
    const end = (entryCount: number) => {
      const archive = zip([], { zip64: true, entryCount })
      return stored(Buffer.concat([archive.subarray(0, 56), Buffer.alloc(46_000_046), archive.subarray(56)]))
    }
    await readerWithin().check(end(1_000_000))
    const archive = end(1_000_001)
    await expectRefused(readerWithin().check(archive), /more than 1000000 entries/)
    expect(archive.counts.bytes).toBeLessThan(70_000)
  })

  it('take 256 MiB of directory, known from the end record alone', async () => {
    // An end record that says that the directory begins with the archive.
    await readerWithin().check(hollow(256 * MIB, zip([])))
    await expectRefused(readerWithin().check(hollow(256 * MIB + 1, zip([]))), /list of files is larger than 268435456/)
  })

  it('take files of 1 MiB, and fail the row of a larger one', async () => {
    const [largest, larger] = await entriesOf(
      zip([MIB, MIB + 1].map((bytes) => ({ name: 'a', data: Buffer.alloc(bytes), method: 0 }))),
    )
    expect(largest?.mistake).toBeNull()
    expect(larger?.mistake).toEqual({ code: 'ENTRY_TOO_LARGE', params: { max: MIB } })
  })

  it('take 4 GiB of files together', async () => {
    const full = files(4096).map((entry) => ({ ...entry, method: 8, bytes: MIB }))
    expect(await entriesOf(zip(full))).toHaveLength(4096)
    await expectRefused(entriesOf(zip([...full, ...files(1)])), /together larger than 4294967296 bytes/)
  })

  it('take a file 200 times larger than packed, and any ratio up to 1 MiB', async () => {
    const packed = (bytes: number) => zip([{ name: 'a', packed: Buffer.alloc(6000), bytes }])
    expect(await entriesOf(packed(1_200_000))).toHaveLength(1)
    await expectRefused(entriesOf(packed(1_200_001)), /packed to less than 1\/200/)
    const small = (bytes: number) => zip([{ name: 'a', packed: Buffer.alloc(9), bytes }])
    expect(await entriesOf(small(MIB))).toHaveLength(1)
    await expectRefused(entriesOf(small(MIB + 1)), /packed to less than/)
  })
})

describe('limits of other sizes', () => {
  it('hold for entries, rows or not, in the end record', async () => {
    const archive = zip([{ name: 'folder/' }, { name: '.dot' }, ...files(3)])
    await check(archive, { maxEntries: 5 })
    expect(await entriesOf(archive, { maxEntries: 5 })).toHaveLength(3)
    await expectRefused(check(archive, { maxEntries: 4 }), /more than 4 entries/)
    await expectRefused(entriesOf(archive, { maxEntries: 4 }), /more than 4 entries/)
  })

  it('hold for entries that the end record does not tell', async () => {
    const wrapped = zip(files(65_540))
    expect(await entriesOf(wrapped, { maxEntries: 65_540 })).toHaveLength(65_540)
    await expectRefused(entriesOf(wrapped, { maxEntries: 65_539 }), /more than 65539 entries/)
  })

  it('hold for the directory', async () => {
    const archive = zip(files(3))
    const directory = 3 * 47 + 22
    await check(archive, { maxDirectoryBytes: directory })
    await expectRefused(check(archive, { maxDirectoryBytes: directory - 1 }), /list of files is larger/)
    await expectRefused(entriesOf(archive, { maxDirectoryBytes: directory - 1 }), /list of files is larger/)
  })

  it('hold for a file', async () => {
    const entry = async (maxEntryBytes: number) =>
      (await entriesOf(zip([{ name: 'a', data: Buffer.from('12345'), method: 0 }]), { maxEntryBytes }))[0]
    expect(await entry(5)).toMatchObject({ mistake: null })
    expect(await entry(4)).toMatchObject({ mistake: { code: 'ENTRY_TOO_LARGE', params: { max: 4 } } })
  })

  it('hold for all files together, those that are no rows among them', async () => {
    const archive = zip([{ name: '.dot', data: Buffer.from('abc') }, ...files(2)])
    expect(await entriesOf(archive, { maxUnpackedBytes: 5 })).toHaveLength(2)
    await expectRefused(entriesOf(archive, { maxUnpackedBytes: 4 }), /together larger than 4 bytes/)
  })

  it('hold for the ratio', async () => {
    const archive = zip([{ name: 'a', packed: Buffer.alloc(500_000), bytes: 1_500_000 }])
    expect(await entriesOf(archive, { maxRatio: 3 })).toHaveLength(1)
    await expectRefused(entriesOf(archive, { maxRatio: 2 }), /packed to less than 1\/2 /)
  })
})
