import { buffer } from 'node:stream/consumers'
import { zip, zipExtra, zipUnicodePath } from '@muster/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Entry, fromBufferPromise } from 'yauzl'

/** What yauzl, which checks sizes, finds in an archive. */
async function readBack(archive: Buffer): Promise<{ entry: Entry; data: Buffer | null }[]> {
  const file = await fromBufferPromise(archive)
  const found = []
  for await (const entry of file.eachEntry()) {
    const data = entry.canDecodeFileData() ? await buffer(await file.openReadStreamPromise(entry)) : null
    found.push({ entry, data })
  }
  return found
}

describe('zip', () => {
  it('writes what a reader of ZIP reads back, in every form', async () => {
    const file = fc.record({
      name: fc.stringMatching(/^[a-zä]{1,9}$/),
      data: fc.uint8Array({ maxLength: 300 }),
      method: fc.constantFrom(0, 8),
      flags: fc.constantFrom(0, 8),
      localExtra: fc.constantFrom(undefined, zipExtra(0x9999, Buffer.from('extra'))),
    })
    const options = fc.record({
      zip64: fc.boolean(),
      comment: fc.uint8Array({ maxLength: 20 }),
      front: fc.uint8Array({ maxLength: 20 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 5 }), options, async (files, how) => {
        const found = await readBack(zip(files, how))
        expect(found.map(({ entry, data }) => [entry.fileName, data])).toEqual(
          files.map(({ name, data }) => [name, Buffer.from(data)]),
        )
      }),
    )
  })

  it('tells the lies it is asked to tell', async () => {
    const archive = zip(
      [
        { name: 'a', data: Buffer.from('one'), method: 99, bytes: 7, packedBytes: 8, crc32: 9, unixMode: 0o120777 },
        { name: 'b', isWritten: false, offset: 5, method: 99 },
      ],
      { entryCount: 65_538 },
    )
    const found = await readBack(archive)
    expect(found[0]?.entry).toMatchObject({
      compressionMethod: 99,
      uncompressedSize: 7,
      compressedSize: 8,
      crc32: 9,
      externalFileAttributes: 0o120777 * 0x10000,
    })
    expect(found[1]?.entry).toMatchObject({ relativeOffsetOfLocalHeader: 5 })
    expect(found).toHaveLength(2)
  })

  it('writes names as bytes, and the field that holds them in Unicode', async () => {
    const raw = Buffer.from([0x81])
    const found = await readBack(zip([{ name: raw }, { name: raw, centralExtra: zipUnicodePath(raw, 'ж') }]))
    expect(found.map(({ entry }) => entry.fileName)).toEqual(['ü', 'ж'])
  })
})
