import { FileMissing } from '@muster/engine/ports'
import { type ZipOptions, zip } from '@muster/testkit'
import { describe, expect, it } from 'vitest'
import { entriesOf, expectRefused, readerWithin, stored } from './reading.ts'

const files = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `${index}`, method: 0 }))
const namesOf = async (archive: Buffer) => (await entriesOf(archive)).map(({ file }) => file)

describe('the directory', () => {
  it('is read in its order, in every form', async () => {
    const forms: ZipOptions[] = [
      {},
      { zip64: true },
      { comment: Buffer.alloc(0xffff, 'c') },
      { front: Buffer.alloc(1000, 'f') },
      { zip64: true, comment: Buffer.from('PK\x05'), front: Buffer.from('#!/bin/sh\n') },
    ]
    for (const form of forms) expect(await namesOf(zip(files(3), form))).toEqual(['0', '1', '2'])
    expect(await namesOf(zip([]))).toEqual([])
  })

  it('is read whole where the number of entries is written modulo 65,536', async () => {
    for (const count of [65_535, 65_536, 65_537]) {
      const names = await namesOf(zip(files(count)))
      expect(names).toHaveLength(count)
      expect(names.at(-1)).toBe(`${count - 1}`)
    }
  })

  it('is refused when it has more entries than the end record says, or fewer', async () => {
    await expectRefused(entriesOf(zip(files(5), { entryCount: 4 })), /damaged/)
    await expectRefused(entriesOf(zip(files(5), { entryCount: 0 })), /damaged/)
    await expectRefused(entriesOf(zip(files(5), { entryCount: 6 })), /damaged/)
    await expectRefused(entriesOf(zip(files(5), { entryCount: 4, zip64: true })), /damaged/)
    const manyMore = zip(files(5), { entryCount: 900_000, zip64: true })
    await expectRefused(readerWithin().check(stored(manyMore)), /damaged/)
  })

  it('is refused in one sentence for what is no archive, one of several, or encrypted', async () => {
    const archive = zip(files(2))
    await expectRefused(entriesOf(Buffer.from('id,name\n1,Ada\n')), /not a ZIP archive/)
    await expectRefused(entriesOf(Buffer.alloc(0)), /not a ZIP archive/)
    await expectRefused(entriesOf(Buffer.concat([archive, Buffer.from('more')])), /not a ZIP archive/)
    await expectRefused(entriesOf(Buffer.concat([Buffer.from('more'), archive])), /damaged/)
    await expectRefused(entriesOf(zip(files(2), { disk: 1 })), /one part of several/)
    await expectRefused(entriesOf(zip(files(2), { disk: 1, zip64: true })), /one part of several/)
    await expectRefused(entriesOf(zip([{ name: 'a', flags: 0x41 }])), /encrypted/)
    await expectRefused(entriesOf(zip([{ name: 'a', centralExtra: Buffer.from([9, 9, 200, 0, 1]) }])), /damaged/)
  })

  it('never has a name of the archive in a refusal', async () => {
    const archive = zip([{ name: 'ada@example.com.cer', flags: 0x41 }], { comment: Buffer.from('ada@example.com') })
    await expect(entriesOf(archive)).rejects.toThrow(expect.not.stringContaining('ada'))
  })

  it('is refused when the archive is cut at any byte', async () => {
    for (const zip64 of [false, true]) {
      const archive = zip([{ name: 'a', data: Buffer.from('hello') }, ...files(2)], { zip64 })
      for (let bytes = 0; bytes < archive.length; bytes += 1) {
        await expectRefused(entriesOf(archive.subarray(0, bytes)), /not a ZIP archive/)
        await expectRefused(readerWithin().check(stored(archive.subarray(0, bytes))), /not a ZIP archive/)
      }
    }
  })

  it('passes on what the store says', async () => {
    const archive = {
      bytes: 100,
      // biome-ignore lint/correctness/useYield: it has nothing to give.
      async *read(): AsyncIterable<Uint8Array> {
        throw new FileMissing('operations/1/source')
      },
    }
    await expect(readerWithin().check(archive)).rejects.toThrow(FileMissing)
    await expect(readerWithin().entries(archive)[Symbol.asyncIterator]().next()).rejects.toThrow(FileMissing)
  })
})
