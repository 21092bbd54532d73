import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArchiveWindow } from '../src/window.ts'
import { expectRefused, stored } from './reading.ts'

const MIB = 1024 * 1024
const content = Buffer.from(Array.from({ length: 4 * MIB }, (_, index) => (index * 31) >> 3))

describe('ArchiveWindow', () => {
  it('gives the bytes asked for, and reads at most three times as many, in whatever order', async () => {
    const range = fc.tuple(fc.nat({ max: 20_000 }), fc.nat({ max: 3000 }))
    await fc.assert(
      fc.asyncProperty(fc.array(range, { maxLength: 40 }), async (ranges) => {
        const archive = stored(content.subarray(0, 20_000))
        const window = new ArchiveWindow(archive)
        let asked = 0
        for (const [from, length] of ranges) {
          const to = Math.min(from + length, 20_000)
          const bytes = window.held(from, to) ?? (await window.load(from, to))
          expect(bytes.equals(content.subarray(from, to))).toBe(true)
          asked += to - from
        }
        expect(archive.counts.bytes).toBeLessThanOrEqual(3 * asked)
      }),
      { numRuns: 500 },
    )
  })

  it('reads in order in steps that grow to 1 MiB', async () => {
    const archive = stored(content)
    const window = new ArchiveWindow(archive)
    for (let at = 0; at < content.length; at += 1024) window.held(at, at + 1024) ?? (await window.load(at, at + 1024))
    expect(archive.counts.times).toBeLessThan(16)
    expect(archive.counts.bytes).toBe(content.length)
  })

  it('reads no more than it is asked for when the order jumps back', async () => {
    const archive = stored(content)
    const window = new ArchiveWindow(archive)
    for (let at = content.length - 4096; at >= 0; at -= 4096) await window.load(at, at + 100)
    expect(archive.counts.bytes).toBe((content.length / 4096) * 100)
  })

  it('refuses an archive that ends before it should, or is shorter in the store than it was', async () => {
    const archive = stored(content.subarray(0, 100))
    await expectRefused(new ArchiveWindow(archive).load(90, 101), /damaged/)
    await expectRefused(new ArchiveWindow({ ...archive, bytes: 200 }).load(90, 110), /damaged/)
  })
})
