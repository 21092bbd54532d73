import { zip, zipUnicodePath } from '@muster/testkit'
import { describe, expect, it } from 'vitest'
import { isRowName } from '../src/entry-name.ts'
import { entriesOf } from './reading.ts'

const nameOf = async (name: string | Uint8Array, centralExtra?: Uint8Array) =>
  (await entriesOf(zip([{ name, centralExtra }])))[0]?.file

const CP437 = Buffer.from([0x4a, 0x94, 0x72, 0x67]) // Jörg

describe('entryName', () => {
  it('reads UTF-8, and CP437 where it is not said to be UTF-8', async () => {
    expect(await nameOf('Жанна/ö.cer')).toBe('Жанна/ö.cer')
    expect(await nameOf(CP437)).toBe('Jörg')
  })

  it('reads UTF-8 that is not said to be any, where the entry was made on Unix', async () => {
    const unsaid = Buffer.from('Jo\u0308rg')
    const made = async (name: Uint8Array, unixMode?: number) =>
      (await entriesOf(zip([{ name, ...(unixMode !== undefined && { unixMode }) }])))[0]?.file
    expect(await made(unsaid, 0o100644)).toBe('Jörg')
    expect(await made(CP437, 0o100644)).toBe('Jörg')
    expect(await made(unsaid)).toBe('Jo╠êrg')
  })

  it('prefers the Unicode path of Info-ZIP, if it is of this name', async () => {
    expect(await nameOf(CP437, zipUnicodePath(CP437, 'Jörg ж'))).toBe('Jörg ж')
    expect(await nameOf(CP437, zipUnicodePath(Buffer.from('other'), 'Jörg ж'))).toBe('Jörg')
  })

  it('composes what macOS decomposes', async () => {
    expect(await nameOf('Jo\u0308rg')).toBe('J\u00f6rg')
    expect(await nameOf(CP437, zipUnicodePath(CP437, 'Jo\u0308rg'))).toBe('J\u00f6rg')
  })

  it('composes 30 marks on a letter, and leaves more as they are', { timeout: 10_000 }, async () => {
    const marks = (count: number) => `o${'\u0315\u0308'.repeat(count / 2)}`
    expect(await nameOf(marks(30))).toBe(marks(30).normalize('NFC'))
    expect(await nameOf(marks(30))).not.toBe(marks(30))
    expect(await nameOf(marks(32))).toBe(marks(32))
    // Normalised, these would take 45 seconds.
    const longest = Array.from({ length: 50 }, () => ({ name: marks(32_766), method: 0 }))
    expect(await entriesOf(zip(longest))).toHaveLength(50)
  })

  it('takes names that a careless archiver would write elsewhere, and bytes that are no UTF-8', async () => {
    expect(await nameOf('../../etc/passwd')).toBe('../../etc/passwd')
    expect(await nameOf('/etc/passwd')).toBe('/etc/passwd')
    expect(await nameOf('C:\\Users\\ada.cer')).toBe('C:/Users/ada.cer')
    expect(await nameOf('')).toBe('')
    const [entry] = await entriesOf(zip([{ name: Buffer.from([0xff, 0x41]), flags: 0x800 }]))
    expect(entry?.file).toBe('\ufffdA')
  })
})

describe('isRowName', () => {
  it.each(['a.cer', 'certs/a.cer', '..a/b', '', 'a/..b/c', '__MACOSX.cer', 'x__MACOSX/a'])('takes %j', (name) => {
    expect(isRowName(name)).toBe(true)
  })

  it.each(['certs/', '__MACOSX/a.cer', 'x/__MACOSX/a.cer', '.DS_Store', 'certs/._a.cer', '__MACOSX/'])(
    'passes over %j',
    (name) => {
      expect(isRowName(name)).toBe(false)
    },
  )
})
