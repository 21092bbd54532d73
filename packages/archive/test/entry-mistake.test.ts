import { type ZipEntry, zip } from '@muster/testkit'
import { describe, expect, it } from 'vitest'
import { entriesOf } from './reading.ts'

const mistakeIn = async (entry: Partial<ZipEntry>) =>
  (await entriesOf(zip([{ name: 'a', data: Buffer.from('hello'), ...entry }])))[0]?.mistake

describe('mistakeOf', () => {
  it('takes files that are stored or deflated, of every system', async () => {
    expect(await mistakeIn({})).toBeNull()
    expect(await mistakeIn({ method: 0 })).toBeNull()
    expect(await mistakeIn({ unixMode: 0o100644 })).toBeNull()
    expect(await mistakeIn({ unixMode: 0o644 })).toBeNull()
    expect(await mistakeIn({ data: Buffer.alloc(0) })).toBeNull()
  })

  it('tells links and other special files', async () => {
    for (const type of [0o120000, 0o040000, 0o060000, 0o020000, 0o010000, 0o140000]) {
      expect(await mistakeIn({ unixMode: type | 0o777 })).toEqual({ code: 'SYMLINK' })
    }
  })

  it('tells encryption, also where it makes a stored file 12 bytes longer', async () => {
    expect(await mistakeIn({ flags: 0x1 })).toEqual({ code: 'ENTRY_ENCRYPTED' })
    expect(await mistakeIn({ flags: 0x1, method: 0, packed: Buffer.alloc(17) })).toEqual({ code: 'ENTRY_ENCRYPTED' })
  })

  it('tells methods that are not read', async () => {
    for (const method of [1, 9, 12, 14, 93, 99]) {
      expect(await mistakeIn({ method })).toEqual({ code: 'UNSUPPORTED_METHOD', params: { method } })
    }
  })

  it('tells packed sizes that cannot be those of the file', async () => {
    expect(await mistakeIn({ method: 0, bytes: 4 })).toEqual({ code: 'ENTRY_DAMAGED' })
    expect(await mistakeIn({ packed: Buffer.alloc(2 * 5 + 1024) })).toBeNull()
    expect(await mistakeIn({ packed: Buffer.alloc(2 * 5 + 1025) })).toEqual({ code: 'ENTRY_DAMAGED' })
  })

  it('tells the first of several', async () => {
    const all = { unixMode: 0o120777, flags: 0x1, method: 12, bytes: 2_000_000, packed: Buffer.alloc(20_000) }
    expect(await mistakeIn(all)).toMatchObject({ code: 'SYMLINK' })
    expect(await mistakeIn({ ...all, unixMode: 0o100644 })).toMatchObject({ code: 'ENTRY_ENCRYPTED' })
    expect(await mistakeIn({ ...all, unixMode: 0, flags: 0 })).toMatchObject({ code: 'UNSUPPORTED_METHOD' })
    expect(await mistakeIn({ ...all, unixMode: 0, flags: 0, method: 0 })).toMatchObject({ code: 'ENTRY_TOO_LARGE' })
  })
})
