import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ArchiveRefused } from '@muster/engine/ports'
import { testFolder, zip } from '@muster/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBufferPromise } from 'yauzl'
import { fullyOverlapping, longNames, lyingBombs, quotedHeaders } from './hostile-archives.ts'
import { entriesOf, expectRefused, readerWithin, stored, textsIn } from './reading.ts'

const MIB = 1024 * 1024
const READ_ARCHIVE = fileURLToPath(new URL('read-archive.mjs', import.meta.url))
/** As `npm start` gives it to workers. */
const WORKER_HEAP = ['--max-old-space-size=128', '--max-semi-space-size=16']
const run = promisify(execFile)

describe('overlapping entries', () => {
  it('are refused: every entry the same file', async () => {
    await expectRefused(entriesOf(fullyOverlapping(2)), /lie upon one another/)
    expect(await entriesOf(fullyOverlapping(1))).toHaveLength(1)
  })

  it('are refused: files that quote the next one’s header, each true by itself', async () => {
    const bomb = quotedHeaders(50)
    const file = await fromBufferPromise(bomb)
    let unpacked = 0
    for await (const entry of file.eachEntry()) {
      for await (const bytes of await file.openReadStreamPromise(entry)) unpacked += bytes.length
    }
    expect(unpacked).toBeGreaterThan(50 * MIB)
    await expectRefused(entriesOf(bomb, { maxEntryBytes: 2 * MIB, maxRatio: 10_000 }), /lie upon one another/)
  })

  it('are refused where they reach into the next local header or into the directory, by one byte', async () => {
    const two = (packedBytes: number) =>
      zip([
        { name: 'a', data: Buffer.from('12345'), method: 0, packedBytes },
        { name: 'b', data: Buffer.from('12345'), method: 0 },
      ])
    expect(await entriesOf(two(5))).toHaveLength(2)
    await expectRefused(entriesOf(two(6)), /lie upon one another/)
    const one = (packedBytes: number) => zip([{ name: 'a', data: Buffer.from('12345'), method: 0, packedBytes }])
    await expectRefused(entriesOf(one(6)), /lie upon one another/)
  })

  it('are none where entries only lie in another order than the directory has them', async () => {
    const second = { name: 'b', data: Buffer.from('B'), method: 0 }
    const front = zip([second]).subarray(0, 32)
    const swapped = zip(
      [
        { name: 'a', data: Buffer.from('A') },
        { ...second, isWritten: false, offset: 0 },
      ],
      { front },
    )
    expect((await entriesOf(swapped)).map(({ file }) => file)).toEqual(['a', 'b'])
    expect(await textsIn(swapped)).toEqual(['A', 'B'])
  })
})

describe('hostile archives', () => {
  it('take less than 200 MB of memory, in a process with the heap of a worker', { timeout: 60_000 }, async () => {
    const folder = await testFolder()
    const archives = { overlapping: fullyOverlapping(4000), lying: lyingBombs(50), 'long names': longNames(200) }
    for (const [name, bytes] of Object.entries(archives)) {
      const path = join(folder, name)
      await writeFile(path, bytes)
      const { stdout } = await run(process.execPath, [...WORKER_HEAP, READ_ARCHIVE, path])
      const { rows, grownBytes } = JSON.parse(stdout)
      expect(rows, name).toBeGreaterThan(0)
      expect(grownBytes / MIB, name).toBeLessThan(200)
    }
  })

  it('with long names come in small batches', async () => {
    for await (const batch of readerWithin().entries(stored(longNames(40)))) {
      expect(batch.length).toBeLessThanOrEqual(17)
    }
  })
})

const valid: readonly Buffer[] = [{}, { zip64: true, comment: Buffer.from('comment') }].map((options) =>
  zip(
    [
      { name: 'folder/' },
      { name: 'folder/a.cer', data: Buffer.alloc(200, 'abc') },
      { name: 'b.cer', data: Buffer.from('stored'), method: 0, unixMode: 0o100644 },
      { name: Buffer.from([0x81]), data: Buffer.from('with descriptor'), flags: 0x8 },
      { name: 'inner.zip', data: zip([{ name: 'x', data: Buffer.from('x') }]) },
      { name: 'ü.cer', data: Buffer.alloc(0) },
    ],
    options,
  ),
)

const place = fc.nat({ max: 1500 })
const damage = fc.oneof(
  fc.record({ kind: fc.constant('flip'), at: place, bit: fc.nat({ max: 7 }) }),
  fc.record({ kind: fc.constant('set'), at: place, bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) }),
  fc.record({ kind: fc.constant('cut'), at: place, length: place }),
  fc.record({ kind: fc.constant('splice'), at: place, bytes: fc.uint8Array({ maxLength: 100 }) }),
  fc.record({ kind: fc.constant('repeat'), at: place, length: place }),
)
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never

function damaged(archive: Buffer, how: Damage): Buffer {
  const at = how.at % (archive.length + 1)
  const [before, after] = [archive.subarray(0, at), archive.subarray(at)]
  if ('bit' in how) {
    const flipped = Buffer.from(after)
    if (flipped.length > 0) flipped[0] = (flipped[0] ?? 0) ^ (1 << how.bit)
    return Buffer.concat([before, flipped])
  }
  if (how.kind === 'set' && 'bytes' in how) return Buffer.concat([before, how.bytes, after.subarray(how.bytes.length)])
  if ('bytes' in how) return Buffer.concat([before, how.bytes, after])
  if (how.kind === 'cut') return Buffer.concat([before, after.subarray(how.length)])
  return Buffer.concat([before, after.subarray(0, how.length), after])
}

/** Reads an archive to its end, or its refusal; anything else is thrown. */
async function readAll(bytes: Buffer): Promise<'read' | 'refused'> {
  const archive = stored(bytes)
  try {
    await readerWithin().check(archive)
    const contents = readerWithin().contents(archive)
    let rows = 0
    for await (const batch of readerWithin().entries(archive)) {
      for (const entry of batch) {
        rows += 1
        const read = await contents.read(entry)
        if (read instanceof Uint8Array) expect(read.length).toBe(entry.bytes)
        else expect(read.code).toMatch(/^[A-Z_]+$/)
      }
    }
    expect(rows).toBeLessThanOrEqual(bytes.length / 46)
    return 'read'
  } catch (error) {
    if (error instanceof ArchiveRefused) return 'refused'
    throw error
  } finally {
    // Each of check and entries reads the end, the directory at most thrice; files may be read thrice, with a margin.
    expect(archive.counts.bytes).toBeLessThanOrEqual(30 * bytes.length)
  }
}

describe('any archive that was true once', () => {
  it('is read as it was', async () => {
    for (const archive of valid) {
      expect(await textsIn(archive)).toEqual([
        'abc'.repeat(67).slice(0, 200),
        'stored',
        'with descriptor',
        'NESTED_ARCHIVE',
        '',
      ])
    }
  })

  it('ends in rows or one refusal when it is damaged, whatever is damaged', { timeout: 120_000 }, async () => {
    const outcomes = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...valid),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        async (archive, all) => {
          outcomes.add(await readAll(all.reduce(damaged, archive)))
        },
      ),
      { numRuns: 3000, timeout: 10_000 },
    )
    expect(outcomes).toEqual(new Set(['read', 'refused']))
  })

  it('ends so too when any one byte of it is any extreme', { timeout: 120_000 }, async () => {
    for (const archive of valid) {
      for (let at = 0; at < archive.length; at += 1) {
        for (const value of [0, 0xff]) {
          const changed = Buffer.from(archive)
          changed[at] = value
          await readAll(changed)
        }
      }
    }
  })

  it('ends so too when it never was one', { timeout: 60_000 }, async () => {
    const signature = fc.constantFrom(
      '504b0304',
      '504b0102',
      '504b0506',
      '504b0606',
      '504b0607',
      '00000000',
      'ffffffff',
    )
    const bytes = fc.array(fc.oneof(signature, fc.stringMatching(/^[0-9a-f]{2}$/)), { maxLength: 120 })
    await fc.assert(
      fc.asyncProperty(bytes, async (parts) => {
        await readAll(Buffer.from(parts.join(''), 'hex'))
      }),
      { numRuns: 2000, timeout: 10_000 },
    )
  })
})
