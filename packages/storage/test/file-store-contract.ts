import { FileMissing, type FileStore } from '@muster/engine/ports'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, chunks, manyBytes, text } from './bytes.ts'

/** What every file store promises. `open` makes one with nothing in it. */
export function fileStoreContract(open: () => Promise<FileStore>, { runs }: { readonly runs: number }): void {
  describe('a file store', () => {
    it('reads back what was written, from any byte', async () => {
      const store = await open()
      await store.write('operations/a/source', chunks('hello ', 'world'))
      expect(await text(store.read('operations/a/source'))).toBe('hello world')
      expect(await text(store.read('operations/a/source', 6))).toBe('world')
      expect(await text(store.read('operations/a/source', 3, 8))).toBe('lo wo')
      expect(await text(store.read('operations/a/source', 0, 1))).toBe('h')
      expect(await text(store.read('operations/a/source', 3, 3))).toBe('')
      expect(await text(store.read('operations/a/source', 8, 99))).toBe('rld')
      expect(await text(store.read('operations/a/source', 11))).toBe('')
      expect(await text(store.read('operations/a/source', 99))).toBe('')
    })

    it('keeps an empty file', async () => {
      const store = await open()
      await store.write('a', chunks())
      expect(await text(store.read('a'))).toBe('')
      expect(await text(store.read('a', 0, 1))).toBe('')
    })

    it('replaces a file whole', async () => {
      const store = await open()
      await store.write('a', chunks('a longer text'))
      await store.write('a', chunks('short'))
      expect(await text(store.read('a'))).toBe('short')
    })

    it('reads back a file of many megabytes', async () => {
      const store = await open()
      const expected = await bytesOf(manyBytes(20_000_000))
      await store.write('a', manyBytes(20_000_000))
      expect((await bytesOf(store.read('a'))).equals(expected)).toBe(true)
      expect(
        (await bytesOf(store.read('a', 8_388_600, 17_000_000))).equals(expected.subarray(8_388_600, 17_000_000)),
      ).toBe(true)
    })

    it.each([
      ['little', 4],
      ['much', 20_000_000],
    ])('leaves nothing behind when the bytes end in an error after %s', async (_, count) => {
      const store = await open()
      await expect(store.write('operations/a/source', broken(count))).rejects.toThrow('the client went away')
      await expect(text(store.read('operations/a/source'))).rejects.toThrow(FileMissing)
      expect(await names(store)).toEqual([])
    })

    it('does not touch what others write when a write fails', async () => {
      const store = await open()
      async function* failing(): AsyncIterable<Uint8Array> {
        yield Buffer.from('half')
        await store.write('operations/b/source', chunks('kept'))
        throw new Error('no')
      }
      await expect(store.write('operations/a/source', failing())).rejects.toThrow('no')
      expect(await text(store.read('operations/b/source'))).toBe('kept')
      expect(await names(store)).toEqual(['b'])
    })

    it('keeps the old file when its replacement fails', async () => {
      const store = await open()
      await store.write('a', chunks('old'))
      await expect(store.write('a', broken(20_000_000))).rejects.toThrow('the client went away')
      expect(await text(store.read('a'))).toBe('old')
    })

    it('tells which file is missing', async () => {
      const store = await open()
      await store.write('operations/nones', chunks('x'))
      await expect(text(store.read('operations/none'))).rejects.toEqual(new FileMissing('operations/none'))
      await expect(text(store.read('operations/none', 1, 2))).rejects.toThrow(FileMissing)
      await expect(text(store.read('operations'))).rejects.toThrow()
    })

    it('removes a folder with its files, and again without an error', async () => {
      const store = await open()
      await store.write('operations/a/source', chunks('x'))
      await store.write('operations/a/b/c', chunks('x'))
      await store.remove('operations/a')
      await store.remove('operations/a')
      await expect(text(store.read('operations/a/source'))).rejects.toThrow(FileMissing)
      await expect(text(store.read('operations/a/b/c'))).rejects.toThrow(FileMissing)
      expect(await names(store)).toEqual([])
    })

    it('removes nothing whose name only begins alike', async () => {
      const store = await open()
      for (const key of ['a/b', 'a/bc', 'a/b.x/y', 'a/b-']) await store.write(key, chunks(key))
      await store.remove('a/b')
      await expect(text(store.read('a/b'))).rejects.toThrow(FileMissing)
      for (const key of ['a/bc', 'a/b.x/y', 'a/b-']) expect(await text(store.read(key))).toBe(key)
    })

    it('lists folders once each, and none where there is nothing yet', async () => {
      const store = await open()
      expect(await names(store)).toEqual([])
      for (const key of ['b/x/y', 'b/source', 'a/source', 'b.c/source', 'b-', 'file']) {
        await store.write(`operations/${key}`, chunks('x'))
      }
      await store.write('other/c/source', chunks('x'))
      expect((await names(store)).sort()).toEqual(['a', 'b', 'b.c'])
    })

    it('tells when a folder was changed', async () => {
      const store = await open()
      await store.write('operations/a/source', chunks('x'))
      for await (const { changedAt } of store.folders('operations')) {
        expect(Math.abs(Date.now() - changedAt.getTime())).toBeLessThan(60_000)
      }
    })

    it('refuses keys that lead out of the store', async () => {
      const store = await open()
      for (const key of ['../a', '/etc/passwd', 'a//b', '', 'a/']) {
        expect(() => store.read(key)).toThrow(RangeError)
      }
    })

    it('can be checked', async () => {
      const store = await open()
      await expect(store.check()).resolves.toBeUndefined()
      await expect(Promise.all([store.check(), store.check()])).resolves.toBeDefined()
    })

    it('agrees with a map, whatever is done to it', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => agree(await open(), steps)),
        { numRuns: runs },
      )
    })
  })
}

async function* broken(count: number): AsyncIterable<Uint8Array> {
  yield* manyBytes(count)
  throw new Error('the client went away')
}

async function names(store: FileStore): Promise<string[]> {
  const found: string[] = []
  for await (const { name } of store.folders('operations')) found.push(name)
  return found
}

/** No key is the folder of another: on a disk a name is one or the other. */
const KEYS = ['o/a/1', 'o/a/12', 'o/ab/1', 'o/a.b/1', 'o/c', 'p']
const key = fc.constantFrom(...KEYS)
const step = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), key, content: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({ kind: fc.constant('fail' as const), key, content: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({ kind: fc.constant('remove' as const), key: fc.constantFrom(...KEYS, 'o', 'o/a', 'o/ab', 'q') }),
  fc.record({ kind: fc.constant('read' as const), key, from: fc.nat(320), to: fc.option(fc.nat(320)) }),
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function agree(store: FileStore, steps: readonly Step[]): Promise<void> {
  const model = new Map<string, Uint8Array>()
  for (const each of steps) await take(store, model, each)
  for (const each of KEYS) await expectSame(store, model, { key: each, from: 0, to: null })
  const folders = [...model.keys()].filter((each) => /^o\/.*\//.test(each)).map((each) => each.split('/')[1])
  const found: string[] = []
  for await (const { name } of store.folders('o')) found.push(name)
  // A disk may keep a folder whose files were removed one by one.
  expect(found).toEqual(expect.arrayContaining(folders))
}

async function take(store: FileStore, model: Map<string, Uint8Array>, each: Step): Promise<void> {
  if (each.kind === 'write') {
    await store.write(each.key, pieces(each.content))
    model.set(each.key, each.content)
  } else if (each.kind === 'fail') {
    await expect(store.write(each.key, pieces(each.content, new Error('no')))).rejects.toThrow('no')
  } else if (each.kind === 'remove') {
    await store.remove(each.key)
    for (const known of [...model.keys()]) {
      if (known === each.key || known.startsWith(`${each.key}/`)) model.delete(known)
    }
  } else {
    await expectSame(store, model, each)
  }
}

async function* pieces(content: Uint8Array, error: Error | null = null): AsyncIterable<Uint8Array> {
  yield content.subarray(0, 7)
  yield content.subarray(7)
  if (error !== null) throw error
}

async function expectSame(
  store: FileStore,
  model: ReadonlyMap<string, Uint8Array>,
  { key: which, from, to }: { readonly key: string; readonly from: number; readonly to: number | null },
): Promise<void> {
  const content = model.get(which)
  if (to !== null && to <= from) return
  const read = bytesOf(store.read(which, from, to ?? undefined))
  if (content === undefined) await expect(read).rejects.toThrow(FileMissing)
  else expect(await read).toEqual(Buffer.from(content.subarray(from, to ?? undefined)))
}
